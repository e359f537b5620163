"""Hypothesis strategies for single values, and for the people and lists that sales are made with.

Strategies are made once and kept: making them costs more than drawing from them.
"""

from collections.abc import Mapping, Sequence
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from functools import cache
from typing import Any, TypeVar

from attrs import evolve
from hypothesis import strategies as st
from hypothesis.strategies import DrawFn, SearchStrategy

from salespipeline.model.action import KEEP
from salespipeline.model.currency import Currency
from salespipeline.model.item import Item
from salespipeline.model.numbers import Number, percent
from salespipeline.model.parts import (
    Document,
    DocumentKind,
    Initiator,
    InitiatorKind,
    Priority,
    Publication,
    Reference,
    ReferenceKind,
    Visibility,
)
from salespipeline.model.people import Company, Person, User
from salespipeline.model.period import Period, Unit
from salespipeline.model.stage import Stage

__all__ = [
    "amounts",
    "companies",
    "currencies",
    "days",
    "ids",
    "percents",
    "periods",
    "persons",
    "titles",
    "users",
]

T = TypeVar("T")
Choices = Mapping[str, SearchStrategy[Any]]

_WORD = "abcxyzABCXYZ0189_é大ßд"
# Ids as firms have them, short and long, plain and not.
POOL = ("a", "budget", "BUSINESS_W", "2", "no decision", "v1.0-beta", "été", "大", "Straße 7", "x" * 64)


@cache
def currencies() -> SearchStrategy[Currency]:
    """Currencies with every number of decimals there is: 0, 2, 3 and 4."""
    return st.sampled_from(tuple(map(Currency.of, ("EUR", "JPY", "KWD", "CLF"))))


@cache
def amounts(currency: Currency | str = "EUR", *, least: int = -(10**9), most: int = 10**9) -> SearchStrategy[Decimal]:
    """Exact amounts with just the currency's decimals, between two whole amounts (both included)."""
    digits = (currency if isinstance(currency, Currency) else Currency.of(currency)).digits
    units = st.integers(least * 10**digits, most * 10**digits)
    return units.map(lambda minor: Decimal(f"{minor}E-{digits}"))


@cache
def percents(places: int = 2) -> SearchStrategy[Decimal]:
    """Percentages from 0 to 100, with at most this many decimals."""
    return st.integers(0, 100 * 10**places).map(lambda units: percent(Decimal(f"{units}E-{places}")))


@cache
def days(first: date = date(2020, 1, 1), last: date = date(2030, 12, 31)) -> SearchStrategy[date]:
    """Calendar days, both ends included."""
    return st.dates(first, last)


@cache
def periods() -> SearchStrategy[Period]:
    """Lengths of time in every unit."""
    return st.builds(Period, st.integers(0, 120), st.sampled_from(Unit))


@cache
def titles() -> SearchStrategy[str]:
    """Titles of 1 to 219 characters, in any script, with something to see at the end."""
    return st.text(st.characters(exclude_categories=("Cc", "Cs", "Zl", "Zp")), max_size=218).map("{}.".format)


@cache
def ids() -> SearchStrategy[str]:
    """Ids: letters and digits of several scripts, some with hyphens, points and spaces inside."""
    words = st.text(_WORD, min_size=1, max_size=11)  # four times that is a document number still
    return words | words.map(lambda word: f"{word}-{word}.{word} {word}")


@cache
def companies() -> SearchStrategy[Company]:
    """Companies, customers and not."""
    return st.builds(Company, ids(), titles(), is_customer=st.booleans())


@cache
def persons(company: str | None = None) -> SearchStrategy[Person]:
    """Persons of the company with this id; on their own when it is None."""
    return st.builds(Person, ids(), titles(), st.just(company))


@cache
def users() -> SearchStrategy[User]:
    """Users, with and without a group and favourites."""
    return st.builds(User, ids(), titles(), or_none(ids()), favourites=st.frozensets(ids(), max_size=3))


# The lists of a type or catalog: their ids come from a pool, so that few draws make a whole list.


@cache
def entries(least: int) -> SearchStrategy[tuple[Item, ...]]:
    """Lists of 0 to 3 entries, some retired; of one at least that must not be empty, the first is in use."""
    pool = [Item(id, f"Entry {id}", retired=retired) for id in POOL for retired in (False, True)]
    found = st.lists(st.sampled_from(pool), min_size=least, max_size=3, unique_by=lambda item: item.id)
    return found.map(_first_in_use) if least else found.map(tuple)


def _first_in_use(found: Sequence[Item]) -> tuple[Item, ...]:
    return (*(evolve(entry, retired=False) for entry in found[:1]), *found[1:])


@cache
def stages(places: int) -> SearchStrategy[tuple[Stage, ...]]:
    """Lists of 0 to 7 stages, with percentages of at most this many decimals."""
    flags = st.sampled_from(("", "", "Q", "S", "S", "QS", "R"))
    stage = st.builds(_stage, st.sampled_from(POOL), percents(places), percents(places), flags)
    return st.lists(stage, max_size=7, unique_by=lambda stage: stage.id).map(tuple)


def _stage(id: str, chance: Decimal, completion: Decimal, flags: str) -> Stage:
    return Stage(
        id,
        f"Stage {id}",
        chance,
        completion=completion,
        quote_required="Q" in flags,
        allow_skip="S" in flags,
        retired="R" in flags,
    )


# What the fields of a sale take.


@cache
def edits(currency: Currency) -> Choices:
    """A value for every field that is edited alike on new and on running sales."""
    entry, day = or_none(ids()), or_none(days())
    instants = st.integers(0, 10**17).map(lambda count: datetime.fromtimestamp(0, UTC) + timedelta(microseconds=count))
    custom = st.one_of(titles(), st.integers(-(10**12), 10**12), st.booleans(), amounts(currency), days())
    publication = st.builds(_published, days(), pauses())
    links = st.builds(Reference, st.sampled_from(ReferenceKind), titles(), titles())
    names = st.lists(titles(), max_size=2)
    return {
        "number": st.sampled_from(("", "17", "2025-001")),
        "description": titles(),
        "note": titles(),
        "kind": entry,
        "priority": st.sampled_from(Priority),
        "categories": names,
        "visibility": st.sampled_from(Visibility),
        "publication": or_none(publication),
        "reminder": or_none(instants),
        "references": st.lists(links, max_size=2),
        "source": entry,
        "competitor": entry,
        "competitors": names,
        "credited": entry,
        "initiated_by": or_none(st.builds(Initiator, st.sampled_from(InitiatorKind), ids())),
        "segment": entry,
        "flow": entry,
        "payment_terms": entry,
        "expires_on": day,
        "delivery_on": day,
        "document": or_none(st.builds(Document, st.sampled_from(DocumentKind), _numbers(), amounts(currency))),
        "custom": st.dictionaries(ids(), custom, max_size=3),
    }


def _numbers() -> SearchStrategy[str]:
    """Numbers of documents: ids no longer than a document takes."""
    return ids().map(lambda id: id[:49])


def _published(since: date, length: timedelta) -> Publication:
    return Publication(since, since + length)


@cache
def pauses() -> SearchStrategy[timedelta]:
    """Lengths of time from nothing to three months, in days."""
    return st.integers(0, 90).map(timedelta)


@cache
def or_none(values: SearchStrategy[T]) -> SearchStrategy[T | None]:
    """The values, and None."""
    return st.none() | values


@cache
def kept_or(values: SearchStrategy[T]) -> SearchStrategy[Any]:
    """The values, None, and `KEEP`."""
    return st.just(KEEP) | st.none() | values


@cache
def typed(numbers: SearchStrategy[Decimal]) -> SearchStrategy[Number]:
    """Numbers as people give them: as decimals, and as text."""
    return st.one_of(numbers, numbers.map(lambda value: f"{value:f}"))


# Draws inside of composite strategies.


def one_of(draw: DrawFn, options: Sequence[T]) -> T:
    """One of the options."""
    return options[draw(below(len(options)))]


def some_of(draw: DrawFn, choices: Choices) -> dict[str, Any]:
    """A value for at most three of the names."""
    names = sorted(choices)
    chosen = {one_of(draw, names) for _ in range(draw(below(4)) if names else 0)}
    return {name: draw(choices[name]) for name in sorted(chosen)}


@cache
def below(count: int) -> SearchStrategy[int]:
    """Whole numbers from 0, below the count."""
    return st.integers(0, count - 1)
