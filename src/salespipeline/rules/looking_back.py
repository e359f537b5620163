"""A sale as it stood on an earlier day, by what its history says happened: the clock of the business."""

from collections.abc import Callable
from datetime import date

from attrs import evolve

from salespipeline.model.action import day
from salespipeline.model.activity import Activity, Agenda
from salespipeline.model.sale import Sale
from salespipeline.model.sale_type import SaleType
from salespipeline.rules.building import rebuilt


def sale_as_of(sale: Sale, on: date, type_of: Callable[[str], SaleType] | None = None) -> Sale | None:
    """The sale as it stood at the end of a day; None before it began.

    State, position, figures, terms, parties and activities are those of that day; what the history does
    not keep (title, notes, own fields, product lines and quote) is as it is now. `type_of` gives the type of an
    id, for a sale whose type has changed since; without it, the present type stands in.
    """
    known = tuple(each for each in sale.history if each.on <= day(on))
    if not known:
        return None
    entry = known[-1]
    type = sale.type if type_of is None or entry.type == sale.type.id else type_of(entry.type)
    there = tuple(_on_that_day(each, on) for each in sale.activities if each.made_on <= on)
    return rebuilt(
        sale,
        {
            "type": type,
            "state": entry.state,
            "position": entry.position,
            "figures": entry.figures,
            "terms": entry.terms,
            "parties": entry.parties,
            "agenda": Agenda(there, sale.agenda.made),
            "history": known,
        },
    )


def _on_that_day(activity: Activity, on: date) -> Activity:
    """An activity without what became of it later."""
    if not activity.kind.is_follow_up:
        return activity
    done = activity.done_on if activity.done_on is not None and activity.done_on <= on else None
    cancelled = activity.cancelled_on if activity.cancelled_on is not None and activity.cancelled_on <= on else None
    return evolve(activity, done_on=done, cancelled_on=cancelled)
