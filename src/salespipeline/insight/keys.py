"""What sales can be counted by: a table of named keys, and the days that a count is limited to."""

from collections.abc import Callable, Iterable, Iterator, Mapping
from datetime import date
from functools import lru_cache
from operator import attrgetter
from types import MappingProxyType
from typing import Final

from salespipeline.errors import InvalidValue, UnknownEntry
from salespipeline.model.action import day
from salespipeline.model.sale import Sale

Key = str | None
KeyFunction = Callable[[Sale], Key]
By = str | KeyFunction | Iterable[str | KeyFunction]


@lru_cache(maxsize=4096)
def _month(day: date) -> str:
    return f"{day.year:04}-{day.month:02}"


@lru_cache(maxsize=4096)
def _quarter(day: date) -> str:
    return f"{day.year:04}-Q{(day.month + 2) // 3}"


KEYS: Final[Mapping[str, KeyFunction]] = MappingProxyType(
    {
        # Periods of the sale date: the expected close while it runs, the actual one once closed.
        "day": lambda sale: sale.sale_date.isoformat(),
        "month": lambda sale: _month(sale.sale_date),
        "quarter": lambda sale: _quarter(sale.sale_date),
        "year": lambda sale: f"{sale.sale_date.year:04}",
        # Whose it is and whom it is with.
        "owner": attrgetter("parties.owner"),
        "group": attrgetter("parties.group"),
        "company": attrgetter("parties.company"),
        "person": attrgetter("parties.person"),
        "project": attrgetter("parties.project"),
        "campaign": attrgetter("parties.campaign"),
        # What it is and where it stands.
        "type": attrgetter("type.id"),
        "category": lambda sale: sale.type.category or None,
        "kind": attrgetter("card.kind"),
        "status": lambda sale: sale.status.value,
        "stage": attrgetter("position.stage"),
        "stage_when_closed": attrgetter("stage_when_closed"),
        "reason": attrgetter("reason"),
        # Where it came from and against whom it stands.
        "source": attrgetter("origin.source"),
        "competitor": attrgetter("origin.competitor"),
        "credited": attrgetter("origin.credited"),
        "currency": attrgetter("figures.currency"),
    }
)


def key_functions(by: By) -> tuple[tuple[str, KeyFunction], ...]:
    """The keys with their names; a function of your own is called by its own name.

    Raises `UnknownEntry`, with the names there are, for a name that is not in the table.
    """
    keys = (by,) if isinstance(by, str) or callable(by) else by
    return tuple(_named(key) for key in keys)


def _named(key: str | KeyFunction) -> tuple[str, KeyFunction]:
    if not isinstance(key, str):
        return getattr(key, "__name__", "key"), key
    if key not in KEYS:
        raise UnknownEntry("key", key, KEYS)
    return key, KEYS[key]


def in_order(keys: tuple[Key, ...]) -> tuple[tuple[bool, str], ...]:
    """Sorts keys by their text, those without a value last."""
    return tuple((key is None, key or "") for key in keys)


def dated(sales: Iterable[Sale], since: date | None, until: date | None) -> Iterator[Sale]:
    """The sales whose sale date lies between two days, both included; None leaves a side open.

    Raises `InvalidValue` when the days are no days, or end before they begin.
    """
    first = date.min if since is None else day(since, "since")
    last = date.max if until is None else day(until, "until")
    if last < first:
        raise InvalidValue("until", until, f"it lies before {first}; swap the days")
    if since is None and until is None:
        return iter(sales)
    return (sale for sale in sales if first <= sale.sale_date <= last)
