"""Going through a list of sales one by one, and the lists of a salesperson, a contact or a campaign."""

from collections.abc import Iterable
from typing import NamedTuple

from salespipeline.errors import NotFound
from salespipeline.model.parts import InitiatorKind
from salespipeline.model.people import Person
from salespipeline.model.sale import Sale


class Neighbours(NamedTuple):
    """The sales before and after one in a list; None at its ends. `place` counts from 1, among `of`."""

    previous: Sale | None
    next: Sale | None
    place: int
    of: int


def neighbours(sales: Iterable[Sale], id: str, *, skip_completed: bool = False) -> Neighbours:
    """The sales before and after one, in the order of the list (SuperOffice, 7).

    With `skip_completed`, completed ones are passed over; the one that is looked at may be completed itself.
    Raises `NotFound` for an id that the list does not have.
    """
    listed = [sale for sale in sales if sale.id == id or not (skip_completed and sale.is_completed)]
    place = next((place for place, sale in enumerate(listed) if sale.id == id), None)
    if place is None:
        raise NotFound("sale", id)
    before = listed[place - 1] if place else None
    after = listed[place + 1] if place + 1 < len(listed) else None
    return Neighbours(before, after, place + 1, len(listed))


def without_completed(sales: Iterable[Sale]) -> tuple[Sale, ...]:
    """The sales that are not completed."""
    return tuple(sale for sale in sales if not sale.is_completed)


def of_salesperson(sales: Iterable[Sale], owner: str) -> tuple[Sale, ...]:
    """The sales of one owner (Business Central, A.8)."""
    return tuple(sale for sale in sales if sale.owner == owner)


def of_company(sales: Iterable[Sale], company: str, persons: Iterable[Person]) -> tuple[Sale, ...]:
    """The sales of a company: its own, and those of its persons (Business Central, A.8)."""
    own = {person.id for person in persons if person.company == company}
    return tuple(sale for sale in sales if sale.company == company or sale.person in own)


def of_person(sales: Iterable[Sale], person: str) -> tuple[Sale, ...]:
    """The sales of one person alone."""
    return tuple(sale for sale in sales if sale.person == person)


def started_by(sales: Iterable[Sale], kind: InitiatorKind, id: str) -> tuple[Sale, ...]:
    """The sales that a company, a person or a campaign has started: a campaign's Track page (Contact Manager, B.1)."""
    begun = ((sale, sale.origin.initiated_by) for sale in sales)
    return tuple(sale for sale, by in begun if by is not None and (by.kind, by.id) == (kind, id))
