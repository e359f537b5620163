"""The rule book: for each action, what it changes and what is checked before."""

from functools import lru_cache

from salespipeline.model.action import Action
from salespipeline.model.actions import (
    Assign,
    ChangeType,
    Complete,
    Edit,
    Jump,
    Link,
    Lose,
    MoveTo,
    Next,
    Previous,
    Reopen,
    Resume,
    Revise,
    Sell,
    Skip,
    Stall,
    Start,
    Uncomplete,
)
from salespipeline.model.activity_actions import (
    AddActivity,
    CancelActivity,
    CompleteActivity,
    DeleteActivity,
    EditActivity,
    LinkActivity,
    Plan,
    ReopenActivity,
)
from salespipeline.model.dialect import Dialect
from salespipeline.model.lifecycle import Lifecycle
from salespipeline.model.rule import Rule
from salespipeline.rules import activities, closing, editing, linking, moving, planning, stalling

_MOVING = (moving.within_reach, moving.readable)

BOOK: tuple[Rule, ...] = (
    Rule(Start, moving.move, _MOVING),
    Rule(Next, moving.move, _MOVING),
    Rule(Previous, moving.move, _MOVING),
    Rule(Skip, moving.move, _MOVING),
    Rule(Jump, moving.move, _MOVING),
    Rule(MoveTo, moving.move, _MOVING),
    Rule(Revise, moving.revise, (moving.readable,)),
    Rule(Edit, editing.edit, (editing.readable,)),
    Rule(Stall, stalling.stall, (stalling.stallable,)),
    Rule(Resume, stalling.resume),
    Rule(Sell, closing.sell, (closing.sellable,)),
    Rule(Lose, closing.lose, (closing.losable,)),
    Rule(Reopen, closing.reopen, (closing.reopenable,)),
    Rule(Complete, closing.tick),
    Rule(Uncomplete, closing.tick),
    Rule(Assign, linking.assign, (linking.assignable,)),
    Rule(Link, linking.link, (linking.linkable,)),
    Rule(ChangeType, linking.change_type, (linking.retypable,)),
    Rule(Plan, planning.plan, (planning.plannable,), choices=planning.to_plan),
    Rule(AddActivity, planning.add, (planning.addable,)),
    Rule(EditActivity, activities.edit, (activities.editable,), choices=activities.all_of),
    Rule(CompleteActivity, activities.complete, (activities.known, activities.completable), choices=activities.open_of),
    Rule(ReopenActivity, activities.reopen, (activities.known, activities.reopenable), choices=activities.shut_of),
    Rule(CancelActivity, activities.cancel, (activities.known, activities.cancellable), choices=activities.open_of),
    Rule(DeleteActivity, activities.delete, (activities.known,), choices=activities.all_of),
    Rule(LinkActivity, planning.link, (planning.linkable,)),
)


def all_rules(dialect: Dialect, extra: tuple[Rule, ...] = ()) -> tuple[Rule, ...]:
    """The rows that hold in a dialect: the book's, those of quotes where it has them, its own, then a sale type's."""
    return (*BOOK, *_of_quotes(dialect.lifecycle), *dialect.rules, *extra)


def rules_for(action: type[Action], dialect: Dialect, extra: tuple[Rule, ...]) -> tuple[Rule, ...]:
    """The rows of one action."""
    return tuple(rule for rule in all_rules(dialect, extra) if rule.action is action)


@lru_cache(maxsize=64)
def _of_quotes(lifecycle: Lifecycle) -> tuple[Rule, ...]:
    if not any(action.is_quoting for action in lifecycle.actions):
        return ()
    from salespipeline.rules.quoting import QUOTING  # loaded for those who need it

    return tuple(rule for rule in QUOTING if rule.action in lifecycle.actions)
