"""Lifecycles, moves and dialects as Markdown tables and Mermaid diagrams, printed from the objects themselves.

Every function gives text without a line feed at its end. Names of your own cannot break out of a table cell or
a label: what Markdown or Mermaid would read as markup is escaped.
"""

import re
from collections.abc import Callable, Iterable, Sequence

from salespipeline.errors import ascii_safe
from salespipeline.model.action import Action
from salespipeline.model.actions import Lose, Reopen, Sell
from salespipeline.model.activity_actions import ActivityAction
from salespipeline.model.dialect import Dialect
from salespipeline.model.lifecycle import Lifecycle, Row
from salespipeline.model.moves import Move
from salespipeline.model.quote_actions import LINE_ACTIONS, PlaceOrder, QuoteAction
from salespipeline.model.quote_life import QuoteLifecycle, QuoteStanding, QuoteStep
from salespipeline.model.standing import CLOSED, Standing

_MARKDOWN = re.compile(r"([\\`*_{}\[\]<>#|&~$])")
_MERMAID = re.compile(r"[^\w ,.()-]")


def lifecycle_table(lifecycle: Lifecycle) -> str:
    """A Markdown table of every step: from, action, to and the reason; actions alike in all three share a line."""
    steps: dict[tuple[Standing, Standing, str], list[type[Action]]] = {}
    for row in lifecycle.rows:
        steps.setdefault((row.source, row.target, row.because), []).append(row.action)
    lines = [
        (source.value, _names(actions), "unchanged" if target is source else target.value, because)
        for (source, target, because), actions in steps.items()
    ]
    return _table(("from", "action", "to", "because"), lines)


def lifecycle_matrix(lifecycle: Lifecycle) -> str:
    """A Markdown table with a line an action and a column a standing; the cell is where the step leads.

    A dot stands for a step that changes no standing, an empty cell for a step that does not exist. Actions on
    activities that can be asked in the same standings share a line.
    """
    lines: dict[tuple[str, ...], None] = {}
    for action in lifecycle.actions:
        targets = (_target(lifecycle.row(source, action)) for source in lifecycle.standings)
        lines[(_names([action]), *targets)] = None
    return _table(("", *(standing.value for standing in lifecycle.standings)), lines)


def _target(row: Row | None) -> str:
    if row is None:
        return ""
    return "·" if row.target is row.source else row.target.value


def lifecycle_diagram(lifecycle: Lifecycle) -> str:
    """A Mermaid state diagram; actions between the same two standings share an arrow.

    Where a sale can rest for ever, because no step leads elsewhere, an arrow leads to the end.
    """
    arrows: dict[tuple[Standing, Standing], list[type[Action]]] = {}
    for row in lifecycle.rows:
        arrows.setdefault((row.source, row.target), []).append(row.action)
    leaving = {source for source, target in arrows if source is not target}
    return "\n".join(
        [
            "stateDiagram-v2",
            *(f'    state "{_label(standing.value)}" as {standing.name}' for standing in lifecycle.standings),
            f"    [*] --> {lifecycle.initial.name}",
            *(f"    {a.name} --> {b.name}: {_label(_names(actions))}" for (a, b), actions in arrows.items()),
            *(f"    {standing.name} --> [*]" for standing in lifecycle.standings if standing not in leaving),
        ]
    )


def _names(actions: Iterable[type[Action]]) -> str:
    """The names of actions; those on activities, lines or quotes, which are many and alike, go by one."""
    return ", ".join(dict.fromkeys(_name(action) for action in actions))


def _name(action: type[Action]) -> str:
    if issubclass(action, ActivityAction):
        return "on activities"
    if action in LINE_ACTIONS:
        return "on product lines"
    return "on the quote" if issubclass(action, QuoteAction) and not action.brings else action.__name__


def quote_table(lifecycle: QuoteLifecycle) -> str:
    """A Markdown table of every step in the life of a quote's version, those alike in all but the start in one line."""
    steps: dict[tuple[QuoteStep, str, str], list[str]] = {}
    for row in lifecycle.rows:
        target = "unchanged" if row.target is row.source else row.target.value
        steps.setdefault((row.step, target, row.because), []).append(row.source.value)
    lines = [("; ".join(sources), step.value, target, because) for (step, target, because), sources in steps.items()]
    return _table(("from", "step", "to", "because"), lines)


def quote_diagram(lifecycle: QuoteLifecycle) -> str:
    """A Mermaid state diagram of the life of a quote's version; steps that change nothing are left out."""
    arrows: dict[tuple[QuoteStanding, QuoteStanding], list[str]] = {}
    for row in lifecycle.rows:
        if row.source is not row.target:
            arrows.setdefault((row.source, row.target), []).append(row.step.value)
    return "\n".join(
        [
            "stateDiagram-v2",
            *(f'    state "{_label(standing.value)}" as {standing.name}' for standing in QuoteStanding),
            f"    [*] --> {lifecycle.initial.name}",
            *(f"    {a.name} --> {b.name}: {_label(', '.join(steps))}" for (a, b), steps in arrows.items()),
        ]
    )


def moves_table(moves: Iterable[Move], dialects: Sequence[Dialect] = ()) -> str:
    """A Markdown table of the moves through the stages, with a column for each dialect that may offer them."""
    offers = [{move.name for move in dialect.moves} for dialect in dialects]
    lines = [
        (move.name, move.because, move.adjacent, *("yes" if move.name in offered else "" for offered in offers))
        for move in moves
    ]
    names = (dialect.lifecycle.name for dialect in dialects)
    return _table(("move", "where it may end", "a step to the neighbour is logged as", *names), lines)


def dialects_table(dialects: Sequence[Dialect]) -> str:
    """A Markdown table of what dialects ask, lock and allow, with a column each."""
    lines = [(question, *(answer(dialect) for dialect in dialects)) for question, answer in _QUESTIONS]
    return _table(("", *(dialect.lifecycle.name for dialect in dialects)), lines)


def _deletable(dialect: Dialect) -> str:
    standings = dialect.lifecycle.standings
    if dialect.deletable.issuperset(standings):
        return "always"
    return "; ".join(standing.value for standing in standings if standing in dialect.deletable) or "never"


def _needs(dialect: Dialect) -> str:
    return "; ".join(f"{action.__name__}: {', '.join(names)}" for action, names in dialect.needs) or "nothing more"


def _locks(dialect: Dialect) -> str:
    standings: dict[tuple[str, ...], list[str]] = {}
    for standing, names in dialect.locks:
        standings.setdefault(names, []).append(standing.value)
    return "; ".join(f"{', '.join(where)}: {', '.join(names)}" for names, where in standings.items()) or "none"


def _statuses(dialect: Dialect) -> str:
    return "; ".join(standing.value for standing in dialect.lifecycle.standings)


def _ways(dialect: Dialect, targets: Iterable[Standing], actions: Iterable[type[Action]]) -> str:
    """From where the actions lead to some standings: `Sell: open, stalled`."""
    wanted = set(targets)
    sources: dict[str, list[str]] = {}
    for row in dialect.lifecycle.rows:
        if row.action in actions and row.target in wanted:
            sources.setdefault(row.action.__name__, []).append(row.source.value)
    return "; ".join(f"{action}: {', '.join(found)}" for action, found in sources.items()) or "never"


def _edited_when_closed(dialect: Dialect) -> str:
    rows = [row.action for row in dialect.lifecycle.rows if row.source.is_closed and row.target is row.source]
    return _names(dict.fromkeys(rows)) or "nothing"


def _closing_sets(dialect: Dialect) -> str:
    sets = ["100 % or 0 %", "the day", "the stage stays"]
    if dialect.lone_reason:
        sets.append("the only reason there is")
    if dialect.quote_sets_value:
        sets.append("the value of its quote")
    if dialect.closing_cancels:
        sets.append("planned tasks called off")
    return ", ".join(sets)


def _entering_sets(dialect: Dialect) -> str:
    sets = ["the stage's chance"] if dialect.stage_sets_chance else []
    if dialect.stage_sets_close:
        sets.append("the expected close, where the stage has a formula")
    return ", ".join(sets) or "nothing"


_QUESTIONS: tuple[tuple[str, Callable[[Dialect], str]], ...] = (
    ("standings", _statuses),
    ("begins as", lambda dialect: dialect.lifecycle.initial.value),
    ("moves", lambda dialect: ", ".join(move.name for move in dialect.moves)),
    ("entering a stage sets", _entering_sets),
    ("an action needs", _needs),
    ("is closed from", lambda dialect: _ways(dialect, CLOSED, (Sell, PlaceOrder, Lose))),
    ("closing sets", _closing_sets),
    ("what a sale is sold for", lambda dialect: "kept beside the amount" if dialect.value_aside else "is the amount"),
    ("can be reopened", lambda dialect: _ways(dialect, (Standing.OPEN,), (Reopen,))),
    ("can be deleted when", _deletable),
    ("what is asked of a closed one", _edited_when_closed),
    ("locked fields", _locks),
    ("decimals of a typed percentage", lambda dialect: str(dialect.percent_places)),
    ("is with", lambda dialect: "one company or person" if dialect.one_party else "a company and a person of it"),
    ("expected close", lambda dialect: "from the day of the change" if dialect.close_from_today else "any day"),
)


def _table(headings: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    rule = "|" + " --- |" * len(headings)
    return "\n".join([_line(headings), rule, *map(_line, rows)])


def _line(cells: Iterable[str]) -> str:
    return "|" + "|".join(f" {markdown_text(cell)} " if cell else " " for cell in cells) + "|"


def markdown_text(text: str) -> str:
    r"""The text so that Markdown shows it as it is, on one line and within one table cell.

    >>> print(markdown_text("a|b *c*"))
    a\|b \*c\*
    """
    return _MARKDOWN.sub(r"\\\1", ascii_safe(text))


def _label(text: str) -> str:
    """A text as Mermaid shows it in a label: what it could take for markup as a numbered character."""
    return _MERMAID.sub(lambda found: f"#{ord(found[0])};", text)
