"""What can be asked of a sale now, what it needs, and why the rest is not on offer."""

from collections.abc import Iterator
from datetime import date
from typing import Any

from attrs import frozen

from salespipeline.errors import shown
from salespipeline.model.action import Action, Moment
from salespipeline.model.actions import StageMove
from salespipeline.model.ids import StageId
from salespipeline.model.problem import Problem
from salespipeline.model.rule import Check
from salespipeline.model.sale import Sale
from salespipeline.model.value import Value
from salespipeline.rules.apply import cell_of, judged, not_possible
from salespipeline.rules.book import all_rules, rules_for
from salespipeline.rules.dates import since_last_change
from salespipeline.rules.moving import reach


@frozen(eq=False, repr=False)
class Offer(Value):
    """One action, for moves with one stage: open when `problems` is empty.

    `needs` names the parameters that have to be given; with none, the action can be made as it is. Where
    the first of them takes just certain values, such as the ids of activities to complete, `choices` has them.
    """

    action: type[Action]
    stage: StageId | None
    needs: tuple[str, ...]
    problems: tuple[Problem, ...]
    choices: tuple[str, ...] = ()

    @property
    def is_open(self) -> bool:
        """Whether the action can be carried out, once what it needs is given."""
        return not self.problems

    def make(self, **parameters: Any) -> Action:
        """The action itself, with the offer's stage and the given parameters."""
        stage = {} if self.stage is None else {"stage": self.stage}
        return self.action(**{**stage, **parameters})

    def __str__(self) -> str:
        name = self.action.__name__ + (f" to {self.stage!r}" if self.stage else "")
        if self.problems:
            return f"{name}: no, " + "; ".join(map(str, self.problems))
        choices = f" (of {', '.join(map(shown, self.choices))})" if self.choices else ""
        return name + (f", needs {', '.join(self.needs)}{choices}" if self.needs else "")


def available(sale: Sale, *, on: date, by: str | None = None, guards: tuple[Check, ...] = ()) -> tuple[Offer, ...]:
    """One offer an action, and for moves one a stage that can be reached; those not possible say why.

    Asked with real actions: what `problems` finds that a missing parameter can cure is a need, the
    rest are the reasons why not. An action that cannot be made without a value is judged by its row.
    `guards` are further checks, as a desk has them; they too are not asked about such an action.
    """
    moment = Moment(on, by)
    return tuple(offer for action in known_actions(sale) for offer in _offers(sale, action, moment, guards))


def known_actions(sale: Sale) -> tuple[type[Action], ...]:
    """Every action that there is a rule for: the library's, the dialect's and the type's own."""
    rules = all_rules(sale.type.dialect, sale.type.rules)
    return tuple(dict.fromkeys(rule.action for rule in rules if rule.action.tabled))


def _offers(sale: Sale, action: type[Action], moment: Moment, guards: tuple[Check, ...]) -> Iterator[Offer]:
    cell = cell_of(sale, action)
    if cell is None:
        yield Offer(action, None, (), (not_possible(sale, action),))
    elif issubclass(action, StageMove):
        stages = reach(sale, action)
        for stage in stages:
            yield _judged(sale, action, stage.id, moment, guards)
        if not stages:
            yield _out_of_reach(sale, action, moment)
    elif action.required():
        yield _valued(sale, action, (*action.required(), *cell.needed), moment)
    else:
        yield _judged(sale, action, None, moment, guards)


def _judged(
    sale: Sale, action: type[Action], stage: StageId | None, moment: Moment, guards: tuple[Check, ...]
) -> Offer:
    asked = Offer(action, stage, (), ()).make()
    open_to = {parameter.name for parameter in action.parameters()} - ({"stage"} if stage else set())
    found = judged(sale, asked, moment, guards)
    needs = tuple(dict.fromkeys(problem.field for problem in found if problem.field in open_to))
    return Offer(action, stage, needs, tuple(problem for problem in found if problem.field not in open_to))


def _valued(sale: Sale, action: type[Action], needs: tuple[str, ...], moment: Moment) -> Offer:
    """An action that cannot be made without a value: with those it could be given, where a rule knows them."""
    found = list(since_last_change(sale, moment))
    rules = rules_for(action, sale.type.dialect, sale.type.rules)
    found += [problem for rule in rules for condition in rule.conditions for problem in condition(sale, moment)]
    known = [tuple(rule.choices(sale)) for rule in rules if rule.choices is not None]
    if known and not known[-1]:
        found.append(Problem("nothing-to-choose", needs[0], params={"action": action.__name__}))
    return Offer(action, None, needs, tuple(found), known[-1] if known else ())


def _out_of_reach(sale: Sale, action: type[StageMove], moment: Moment) -> Offer:
    """A move without a stage to go to; asked with no stage, whatever stage it would have to be given."""
    asked = Offer(action, None, (), ()).make(**dict.fromkeys(action.required()))
    return Offer(action, None, (), judged(sale, asked, moment))
