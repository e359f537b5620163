"""Deleting for good: in which standings a dialect allows it."""

from collections.abc import Iterator

from salespipeline.model.action import Moment
from salespipeline.model.actions import Delete
from salespipeline.model.problem import Problem
from salespipeline.model.rule import Check
from salespipeline.model.sale import Sale
from salespipeline.model.standing import Standing
from salespipeline.rules.book import rules_for


def deletion_problems(sale: Sale, moment: Moment, guards: tuple[Check, ...] = ()) -> tuple[Problem, ...]:
    """Every reason why a sale may not be deleted: its standing, its dialect's and type's rules, the guards."""
    action = Delete()
    rules = rules_for(Delete, sale.type.dialect, sale.type.rules)
    checks = [deletable, *(check for rule in rules for check in rule.checks), *guards]
    return tuple(problem for check in checks for problem in check(sale, action, moment))


def deletable(sale: Sale, action: Delete, moment: Moment) -> Iterator[Problem]:
    """A sale can be deleted in the standings that its dialect lists."""
    allowed = sale.type.dialect.deletable
    if sale.standing not in allowed:
        listed = [standing.value for standing in Standing if standing in allowed]
        params = {"standing": sale.standing.value, "standings": ", ".join(listed) or "none"}
        yield Problem("not-deletable", accepted=listed, params=params)
