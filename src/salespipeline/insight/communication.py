"""The history of a company and of a person: every communication item, from whichever sale it is."""

from collections.abc import Callable, Iterable
from typing import NamedTuple

from salespipeline.model.activity import Activity
from salespipeline.model.ids import SaleId
from salespipeline.model.people import Person
from salespipeline.model.sale import Sale


class CommunicationItem(NamedTuple):
    """An activity with the sale it was written for."""

    sale: SaleId
    title: str
    activity: Activity


def company_history(sales: Iterable[Sale], company: str, persons: Iterable[Person]) -> tuple[CommunicationItem, ...]:
    """The items written under a company, or under one of its persons, oldest first (Contact Manager, B.5).

    An item keeps the company and person that its sale was linked to when it was written, so after a sale's
    link has moved, the old items stay with the former company. `persons` are those whose company is known.
    """
    own = {person.id for person in persons if person.company == company}
    return _items(sales, lambda activity: activity.company == company or activity.person in own)


def person_history(sales: Iterable[Sale], person: str) -> tuple[CommunicationItem, ...]:
    """The items written under a person, oldest first."""
    return _items(sales, lambda activity: activity.person == person)


def _items(sales: Iterable[Sale], belongs: Callable[[Activity], bool]) -> tuple[CommunicationItem, ...]:
    found = [
        CommunicationItem(sale.id, sale.title, each) for sale in sales for each in sale.activities if belongs(each)
    ]
    return tuple(sorted(found, key=lambda item: (item.activity.due, item.sale)))
