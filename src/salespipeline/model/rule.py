"""A row of the rule book: what an action changes, and what is checked before.

The functions take the sale, the action and the moment. A dialect or a sale type can bring rows of its
own, so this module comes before the sale in the order of imports; that is why the sale is `Any` here.
"""

from collections.abc import Callable, Iterable, Mapping
from typing import Any

from attrs import field, frozen

from salespipeline.model.action import Action, Moment
from salespipeline.model.problem import Problem
from salespipeline.model.standing import Standing

Check = Callable[[Any, Any, Moment], Iterable[Problem]]
Choices = Callable[[Any], Iterable[str]]
Condition = Callable[[Any, Moment], Iterable[Problem]]
Change = Callable[[Any, Any, Moment, Standing], Mapping[str, Any]]


@frozen(eq=False)
class Rule:
    """What an action does: `change` gives the parts of the sale that differ, `checks` give the problems.

    A row with `change` None only adds checks to an action that has a change already. `name` is what a
    stored sale type keeps; it is needed for the rows that a sale type brings. `choices` lists, for an
    action that cannot be made without a value, those that would pass now. `conditions` are what must hold
    whatever the action is given: where one does not, the checks are not asked.
    """

    action: type[Action]
    change: Change | None = None
    checks: tuple[Check, ...] = field(default=(), converter=tuple[Check, ...])
    name: str = field(default="", kw_only=True)
    choices: Choices | None = field(default=None, kw_only=True)
    conditions: tuple[Condition, ...] = field(default=(), converter=tuple[Condition, ...], kw_only=True)
