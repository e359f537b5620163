"""From the standing that a table names to the state that holds its data."""

from attrs import evolve

from salespipeline.model.sale import Sale
from salespipeline.model.standing import Standing
from salespipeline.model.state import Lost, Open, Sold, State


def state_in(target: Standing, sale: Sale) -> State:
    """The sale's state in a standing that needs no new data; the present one where that fits already."""
    state = sale.state
    if state.standing is target:
        return state
    if target is Standing.OPEN or target is Standing.NOT_STARTED:
        return Open(started=target is Standing.OPEN)
    if isinstance(state, (Sold, Lost)):
        return evolve(state, completed=target.is_completed)
    return state
