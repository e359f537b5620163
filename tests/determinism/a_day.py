"""A day at the desk, from one clock and one source of ids: every byte it leaves is due to them alone."""

import decimal
import sys
from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from itertools import count
from pathlib import Path

from salespipeline import (
    AddActivity,
    Assign,
    Complete,
    Edit,
    JsonStorage,
    Lose,
    Next,
    Pipeline,
    Revise,
    Sell,
    Stall,
    Status,
)
from salespipeline.exchange import export_document
from salespipeline.insight import differences, forecast, overview, text_table
from salespipeline.model.parts import Reference, ReferenceKind
from salespipeline.model.people import Company, Person, User
from salespipeline.presets import superoffice

__all__ = ["FILES", "Clock", "spend"]

FILES = ("store.jsonl", "store.jsonl.past-1", "document.json", "questions.txt")


class Clock:
    """A clock that goes on by a minute each time it is asked."""

    def __init__(self, start: datetime = datetime(2026, 3, 29, 0, 30, tzinfo=UTC)) -> None:
        self.now = start

    def __call__(self) -> datetime:
        self.now += timedelta(minutes=1)
        return self.now


def spend(folder: Path) -> None:
    """Leave the files of a day in a folder."""
    ids, clock = (f"V-{number}" for number in count(1)), Clock()
    storage = JsonStorage(folder / "store.jsonl", new_id=lambda: "a-day")
    with Pipeline.open(
        storage, catalog=superoffice.catalog(), user="anna", clock=clock, ids=lambda: next(ids)
    ) as pipeline:
        _sell(pipeline)
        storage.compact()
        pipeline.apply("V-2", Edit(note="nog één keer"))
        pipeline.undo("V-2")
        (folder / "document.json").write_text(export_document(storage), encoding="utf-8", newline="")
        (folder / "questions.txt").write_text("\n".join(_asked(pipeline)) + "\n", encoding="utf-8", newline="")


def _sell(pipeline: Pipeline) -> None:
    vos = Company("vos", "Vos & Zn. – Méubles")
    pipeline.put_all([User("anna", "Anna"), User("bob", "Bob"), vos, Person("kim", "Kim Vos", company="vos")])
    desks = pipeline.add(
        "120 bureaus – één levering",
        type="new-business",
        amount="48000.05",
        cost="31234.57",
        company=vos,
        categories={"zebra", "alpha", "Émile", "beta", "gamma"},
        references=[Reference(ReferenceKind.URL, "https://vos.example", "Their site")],
        competitors=frozenset({"Gamma", "Alpha", "Beta"}),
        custom={"rate": Decimal("1.005"), "since": date(2026, 2, 28), "b": True, "a": 1},
    )
    chairs = pipeline.add(
        "Chairs", type="new-business", amount="333.33", currency="EUR", expected_close=date(2026, 5, 1)
    )
    yen = pipeline.add("Tables", type="new-business", amount="1000001", currency="JPY")
    desks = pipeline.apply(desks, Revise(margin="33.333"))
    desks = pipeline.apply(desks, Next())
    chairs = pipeline.apply(chairs, Stall(reopen_on=date(2026, 6, 1)))
    pipeline.apply_all([desks, yen], Assign("bob"))
    pipeline.apply("V-1", AddActivity("Bel Vos", kind="call", due=date(2026, 4, 2)))
    pipeline.apply("V-1", Sell())
    pipeline.apply("V-1", Complete())
    pipeline.apply("V-3", Lose())


def _asked(pipeline: Pipeline) -> Iterator[str]:
    sales = pipeline.sales()
    yield from map(str, sales)
    yield from map(repr, sales)
    yield str(forecast(sales, by=("owner", "month")))
    yield text_table(overview(sales, on=date(2026, 3, 29)))
    yield from map(str, pipeline.revisions("V-1"))
    first, *_, last = pipeline.revisions("V-1")
    yield from map(str, differences(first.sale, last.sale))
    yield from (str(offer) for offer in pipeline.available("V-2"))
    yield repr(pipeline.sales(status=Status.SOLD))


if __name__ == "__main__":
    if "--narrow" in sys.argv:
        decimal.DefaultContext.prec = 3
        narrow = decimal.Context(prec=3, rounding=decimal.ROUND_UP, Emax=9, Emin=-9)
        narrow.traps[decimal.Inexact] = narrow.traps[decimal.Rounded] = narrow.traps[decimal.FloatOperation] = True
        decimal.setcontext(narrow)
    spend(Path(sys.argv[1]))
