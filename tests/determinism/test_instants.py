"""Instants are aware, kept in UTC, and order nothing: what came after what is said by the numbers."""

import json
from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta, timezone
from pathlib import Path

import pytest
from tests.determinism.a_day import Clock

from salespipeline import InvalidValue, JsonStorage, MemoryStorage, Next, Pipeline, Revise
from salespipeline.presets import superoffice
from salespipeline.storage import Change, Commit, Storage

NEPAL = timezone(timedelta(hours=5, minutes=45))
NAIVE = datetime(2026, 3, 1, 9)  # noqa: DTZ001  # that it is naive is the point


def note(at: datetime, body: str = "1") -> Commit:
    return Commit(changes=(Change(kind="note", id="a", body=body),), at=at)


def memory(folder: Path) -> Storage:
    return MemoryStorage()


def journal(folder: Path) -> Storage:
    return JsonStorage(folder / "store.jsonl", new_id=lambda: "instants")


@pytest.mark.parametrize("make", [memory, journal])
def test_p_t3_a_naive_instant_is_refused_and_nothing_is_written(
    make: Callable[[Path], Storage], tmp_path: Path
) -> None:
    storage = make(tmp_path)
    with pytest.raises(InvalidValue, match="an instant needs its offset from UTC"):
        storage.commit(note(NAIVE))
    assert (storage.number, storage.refresh()) == (0, 0)
    storage.close()


def test_p_t3_a_clock_that_gives_naive_instants_is_refused() -> None:
    with pytest.raises(InvalidValue):
        Pipeline.open(MemoryStorage(), catalog=superoffice.catalog(), clock=lambda: NAIVE)


def test_p_t3_every_instant_in_the_file_is_utc_and_ends_in_z(tmp_path: Path) -> None:
    with Pipeline.open(
        journal(tmp_path), catalog=superoffice.catalog(), clock=Clock(datetime(2026, 3, 1, 2, tzinfo=NEPAL))
    ) as pipeline:
        sale = pipeline.add("Desks", type="new-business", reminder=datetime(2026, 3, 2, 9, tzinfo=NEPAL))
        pipeline.apply(sale, Next())
    lines = [json.loads(line) for line in (tmp_path / "store.jsonl").read_text(encoding="utf-8").splitlines()]
    instants = [line["at"] for line in lines[1:]]
    assert instants == sorted(instants)
    assert instants[0].startswith("2026-02-28T20:1")
    assert {instant[-1] for instant in instants} == {"Z"}
    assert "2026-03-02T03:15:00" in (tmp_path / "store.jsonl").read_text(encoding="utf-8")


def test_p_t3_the_business_day_is_that_of_the_clocks_own_offset() -> None:
    clock = Clock(datetime(2026, 3, 1, 2, tzinfo=NEPAL))
    pipeline = Pipeline.open(MemoryStorage(), catalog=superoffice.catalog(), clock=clock)
    assert pipeline.add("Desks", type="new-business").registered.on == date(2026, 3, 1)


@pytest.mark.parametrize("make", [memory, journal])
def test_p_t3_a_clock_that_goes_back_reorders_nothing(make: Callable[[Path], Storage], tmp_path: Path) -> None:
    storage = make(tmp_path)
    start = datetime(2026, 3, 1, 9, tzinfo=UTC)
    for body, hours in (("1", 0), ("2", -5), ("3", 9), ("4", -48)):
        storage.commit(note(start + timedelta(hours=hours), body))
    past = list(storage.past("note", "a"))
    assert [(was.number, was.body) for was in past] == [(1, "1"), (2, "2"), (3, "3"), (4, "4")]
    assert [was.at for was in past] != sorted(was.at for was in past)
    storage.close()


def test_p_t3_a_desk_whose_clock_goes_back_tells_its_revisions_in_order() -> None:
    clock = Clock(datetime(2026, 3, 10, 9, tzinfo=UTC))
    pipeline = Pipeline.open(MemoryStorage(), catalog=superoffice.catalog(), clock=clock)
    sale = pipeline.add("Desks", type="new-business", amount="1.00")
    clock.now -= timedelta(hours=6)
    sale = pipeline.apply(sale, Revise(amount="2.00"))
    clock.now -= timedelta(hours=1)
    pipeline.apply(sale, Revise(amount="3.00"))
    revisions = pipeline.revisions(sale.id)
    assert [str(each.sale.amount) for each in revisions] == ["1.00", "2.00", "3.00"]
    assert revisions[0].at > revisions[1].at > revisions[2].at
