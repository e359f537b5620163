"""Desks to try things at: one storage opened by several people, with a clock that stands still."""

from collections.abc import Callable
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Unpack

from salespipeline import JsonStorage, MemoryStorage, Pipeline
from salespipeline.pipeline import Options
from salespipeline.presets import superoffice
from salespipeline.storage import Storage

TODAY = date(2025, 1, 7)
Desk = Callable[..., Pipeline]


def clock() -> datetime:
    return datetime(2025, 1, 7, 9, 30, tzinfo=UTC)


def memory_store(_: Path) -> Callable[[], Storage]:
    first = MemoryStorage()
    return first.another


def json_store(folder: Path) -> Callable[[], Storage]:
    return lambda: JsonStorage(folder / "sales.jsonl")


def desk_on(open_store: Callable[[], Storage]) -> Desk:
    def desk(who: str = "anna", **options: Unpack[Options]) -> Pipeline:
        given: Options = {"catalog": superoffice.catalog(), "clock": clock, "user": who}
        given.update(options)
        return Pipeline.open(open_store(), **given)

    return desk
