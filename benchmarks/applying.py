"""One `apply` with checks and a history entry, against two state machine libraries doing as much."""

from collections.abc import Iterator
from datetime import date
from functools import partial
from typing import Any

from benchmarks.side_by_side import Ratio, compared
from salespipeline import (
    Action,
    AddActivity,
    CancelActivity,
    CompleteActivity,
    DeleteActivity,
    MoveTo,
    Next,
    Sale,
    Sell,
    apply,
    register,
)
from salespipeline.presets import superoffice

DAY = date(2025, 1, 9)


def a_sale() -> Sale:
    type = superoffice.catalog().type("new-business")
    sale = register(type, id="S-1", title="120 desks", on=DAY, currency="EUR", amount="6550", cost="1500", by="anna")
    return apply(sale, MoveTo("proposal"), on=DAY)


def with_python_statemachine() -> Any:
    from statemachine import State, StateMachine

    class Machine(StateMachine):  # type: ignore[misc]  # untyped
        open = State(initial=True)
        sold = State()
        sell = open.to(sold, cond="is_allowed")
        reopen = sold.to(open, cond="is_allowed")

        def __init__(self) -> None:
            self.history: list[tuple[object, ...]] = []
            super().__init__()

        def is_allowed(self) -> bool:
            return True

        def after_transition(self, event: str, source: Any, target: Any) -> None:
            self.history.append((event, source.id, target.id, DAY, "anna"))

    machine = Machine()

    def work() -> None:
        machine.sell()
        machine.reopen()
        machine.history.clear()

    return work


def with_transitions() -> Any:
    from transitions import Machine

    class Model:
        state: str

        def __init__(self) -> None:
            self.history: list[tuple[object, ...]] = []

        def is_allowed(self) -> bool:
            return True

        def note(self) -> None:
            self.history.append((self.state, DAY, "anna"))

    model: Any = Model()
    rows = [("sell", "open", "sold"), ("reopen", "sold", "open")]
    Machine(
        model,
        states=["open", "sold"],
        initial="open",
        transitions=[
            {"trigger": name, "source": a, "dest": b, "conditions": "is_allowed", "after": "note"}
            for name, a, b in rows
        ],
    )

    def work() -> None:
        model.sell()
        model.reopen()
        model.history.clear()

    return work


def ratios() -> Iterator[Ratio]:
    sale, sell, step = a_sale(), Sell("price"), Next()

    def ours() -> None:
        apply(sale, sell, on=DAY, by="anna")
        apply(sale, step, on=DAY, by="anna")

    others = (("python-statemachine", with_python_statemachine(), 20, 30), ("transitions", with_transitions(), 1.3, 2))
    for name, theirs, bar, stretch in others:
        mine, other, ratio = compared(ours, theirs, number=300)
        yield Ratio("apply, with checks and history entry", name, mine / 2, other / 2, ratio, bar, stretch, False)
    yield from busy_ratios()


def with_activities(sale: Sale, count: int) -> Sale:
    """The sale with so many activities, half of them done."""
    for number in range(count):
        sale = apply(sale, AddActivity(f"Call {number}", kind="call", text="As agreed"), on=DAY)
    return apply(sale, CompleteActivity([f"A-{number}" for number in range(1, count, 2)]), on=DAY)


def busy_ratios() -> Iterator[Ratio]:
    """The same actions on a sale with 60 activities and on a bare one, or on one with just two."""
    bare = a_sale()
    two, busy = with_activities(bare, 2), with_activities(bare, 60)
    cases: tuple[tuple[str, Sale, tuple[Action, ...]], ...] = (
        ("moving and closing", bare, (Next(), Sell("price"))),
        ("adding", bare, (AddActivity("Call"),)),
        (
            "completing, cancelling and removing",
            two,
            (CompleteActivity("A-2"), CancelActivity("A-2"), DeleteActivity("A-2")),
        ),
    )
    for what, small, actions in cases:

        def work(sale: Sale, actions: tuple[Action, ...] = actions) -> None:
            for action in actions:
                apply(sale, action, on=DAY, by="anna")

        mine, other, ratio = compared(partial(work, busy), partial(work, small), number=300)
        against = "a bare sale" if small is bare else "one with two"
        yield Ratio(f"{what}, with 60", against, mine, other, 1 / ratio, 1.3, 1, True)
