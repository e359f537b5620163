"""A book of sales opened and asked, against other ways to keep it, which must give the same answers."""

import sqlite3
from collections.abc import Callable, Iterator, Mapping
from contextlib import AbstractContextManager, ExitStack, closing, contextmanager
from datetime import UTC, datetime
from functools import cache, partial
from pathlib import Path
from tempfile import TemporaryDirectory

from benchmarks import columns, rivals
from benchmarks.rivals import Amounts, Ask, texts_in_the_json_column
from benchmarks.side_by_side import Ratio, Work, in_turn, quick
from salespipeline import Pipeline
from salespipeline.codec import encode_sale, sale_keys
from salespipeline.presets import sample
from salespipeline.presets.sample import Book
from salespipeline.storage import Change, Commit, Storage

AT = datetime(2026, 1, 1, tzinfo=UTC)
OURS = {"JsonStorage": "json:{}/ours.jsonl", "SqlStorage": "sqlite:///{}/ours.db"}
THEIRS = (*rivals.RIVALS, *columns.RIVALS)
QUESTIONS: tuple[Mapping[str, str], ...] = ({"owner": "anna"}, {"status": "open"})

Place = Callable[[], AbstractContextManager[Ask]]


@cache
def book_of(sales: int) -> Book:
    """The sample book with so many sales."""
    return sample.book(sales=sales)


def keep(where: str, book: Book) -> None:
    """Make a store of ours with the sales of a book."""
    changes = [Change(kind="sale", id=sale.id, keys=sale_keys(sale), body=encode_sale(sale)) for sale in book.sales]
    with Pipeline.open(where, catalog=book.catalog) as desk:
        desk.storage.commit(Commit(changes=tuple(changes), at=AT))


@contextmanager
def opened(where: str) -> Iterator[Ask]:
    with Pipeline.open(where) as desk:

        def ask(**field: str) -> Amounts:
            return {sale.id: sale.amount for sale in desk.sales(**field)}

        yield ask


def ratios(sales: int = 10_000) -> Iterator[Ratio]:
    with TemporaryDirectory() as folder:
        places = _filled(folder, book_of(sales))
        yield from _answered("open, read all sales", {name: partial(_all, place) for name, place in places.items()}, 3)
        with ExitStack() as stack:
            asks = {name: stack.enter_context(place()) for name, place in places.items()}
            for field in QUESTIONS:
                works = {name: partial(ask, **field) for name, ask in asks.items()}
                yield from _answered(f"sales by {', '.join(field)}", works)
        yield from _texts(folder)


def _filled(folder: str, book: Book) -> dict[str, Place]:
    """Every place with the book in it, and what opens it to ask; ours come first."""
    places: dict[str, Place] = {}
    for name, where in OURS.items():
        keep(where.format(folder), book)
        places[name] = partial(opened, where.format(folder))
    texts = [(sale.id, encode_sale(sale)) for sale in book.sales]
    for rival in THEIRS:
        path = str(Path(folder, rival.name))
        rival.keep(path, texts)
        places[rival.name] = partial(rival.opened, path)
    return places


def _all(place: Place) -> Amounts:
    with place() as ask:
        return ask()


def _texts(folder: str) -> Iterator[Ratio]:
    """What the storages alone give: records whose text nobody parsed, and what the JSON column holds."""
    rival = rivals.RIVALS[-1].name
    with ExitStack() as stack:
        desks = {name: stack.enter_context(Pipeline.open(where.format(folder))) for name, where in OURS.items()}
        connection = stack.enter_context(closing(sqlite3.connect(Path(folder, rival))))
        for field in QUESTIONS:
            works: dict[str, Work] = {name: partial(_scanned, desk.storage, field) for name, desk in desks.items()}
            works[rival] = partial(texts_in_the_json_column, connection, **field)
            yield from _answered(f"stored texts by {', '.join(field)}", works)


def _scanned(storage: Storage, field: Mapping[str, str]) -> dict[str, str]:
    return {record.id: record.body for record in storage.scan("sale", field)}


def _answered(what: str, works: Mapping[str, Work], rounds: int = 6) -> Iterator[Ratio]:
    """Ours against each of theirs, once it is seen that all of them answer alike."""
    first, *others = [work() for work in works.values()]
    if not first or any(answer != first for answer in others):
        raise AssertionError(f"{what}: the answers differ")
    times_of_each = in_turn(*works.values(), rounds=rounds, collecting=True)
    best = {name: quick(times) for name, times in zip(works, times_of_each, strict=True)}
    for mine in OURS:
        for other in [name for name in works if name not in OURS]:
            yield Ratio(f"{mine}: {what}", other, best[mine], best[other], best[other] / best[mine])
