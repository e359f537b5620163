import re

import pytest
from attrs import evolve

from salespipeline.model.action import Action
from salespipeline.model.actions import Edit, Lose, Sell, Stall
from salespipeline.model.activity_actions import ActivityAction
from salespipeline.model.lifecycle import Lifecycle, Row
from salespipeline.model.moves import JUMP, MOVES, SKIP
from salespipeline.model.quote_actions import AddLine, CancelOrder, EditLine, PlaceOrder, QuoteAction, RemoveLine
from salespipeline.model.quote_life import QUOTE_LIFECYCLE
from salespipeline.model.standing import Standing
from salespipeline.notebook.diagrams import (
    dialects_table,
    lifecycle_diagram,
    lifecycle_matrix,
    lifecycle_table,
    markdown_text,
    moves_table,
    quote_diagram,
    quote_table,
)
from salespipeline.presets import business_central, contact_manager, superoffice

OPEN, STALLED, SOLD, LOST = Standing.OPEN, Standing.STALLED, Standing.SOLD, Standing.LOST

SMALL = Lifecycle(
    "Small",
    (
        Row(OPEN, Edit, OPEN, "any field"),
        Row(OPEN, Stall, STALLED, "put aside"),
        Row(STALLED, Edit, STALLED, "any field"),
        Row(STALLED, Sell, SOLD, "done"),
        Row(STALLED, Lose, LOST, "done"),
        Row(OPEN, Sell, SOLD, "done"),
    ),
)
LIFECYCLES = (superoffice.LIFECYCLE, contact_manager.LIFECYCLE, business_central.LIFECYCLE, SMALL)


def test_a_table_has_a_line_a_step_with_its_reason() -> None:
    assert lifecycle_table(SMALL).split("\n") == [
        "| from | action | to | because |",
        "| --- | --- | --- | --- |",
        "| open | Edit | unchanged | any field |",
        "| open | Stall | stalled | put aside |",
        "| stalled | Edit | unchanged | any field |",
        "| stalled | Sell | sold | done |",
        "| stalled | Lose | lost | done |",
        "| open | Sell | sold | done |",
    ]


def test_steps_alike_in_all_but_the_action_share_a_line() -> None:
    rows = (*SMALL.rows, Row(SOLD, Lose, LOST, "a change"), Row(LOST, Sell, SOLD, "a change"))
    both = (*rows, Row(OPEN, Lose, LOST, "done"), Row(LOST, Edit, LOST, "x"), Row(SOLD, Edit, SOLD, "x"))
    assert "| open | Next, Previous | unchanged |" in lifecycle_table(superoffice.LIFECYCLE)
    assert lifecycle_table(Lifecycle("Larger", both)).count("\n") == 1 + len(both)


def test_a_matrix_has_a_line_an_action_and_a_column_a_standing() -> None:
    assert lifecycle_matrix(SMALL).split("\n") == [
        "| | open | stalled | sold | lost |",
        "| --- | --- | --- | --- | --- |",
        "| Edit | · | · | | |",
        "| Stall | stalled | | | |",
        "| Sell | sold | sold | | |",
        "| Lose | | lost | | |",
    ]


def test_a_diagram_has_an_arrow_for_each_pair_of_standings() -> None:
    assert lifecycle_diagram(SMALL).split("\n") == [
        "stateDiagram-v2",
        '    state "open" as OPEN',
        '    state "stalled" as STALLED',
        '    state "sold" as SOLD',
        '    state "lost" as LOST',
        "    [*] --> OPEN",
        "    OPEN --> OPEN: Edit",
        "    OPEN --> STALLED: Stall",
        "    STALLED --> STALLED: Edit",
        "    STALLED --> SOLD: Sell",
        "    STALLED --> LOST: Lose",
        "    OPEN --> SOLD: Sell",
        "    SOLD --> [*]",
        "    LOST --> [*]",
    ]


def test_actions_that_change_no_standing_share_one_arrow() -> None:
    loops = [line for line in lifecycle_diagram(superoffice.LIFECYCLE).split("\n") if "OPEN --> OPEN" in line]
    assert loops == [
        "    OPEN --> OPEN: Next, Previous, MoveTo, Revise, Edit, Assign, Link, ChangeType, on activities, on the quote"
    ]


def test_what_can_be_reopened_is_no_end() -> None:
    assert "--> [*]" not in lifecycle_diagram(superoffice.LIFECYCLE)


def family(action: type[Action]) -> object:
    """What an action is shown as: those that are many and alike go together."""
    if issubclass(action, (AddLine, EditLine, RemoveLine)):
        return "lines"
    if issubclass(action, QuoteAction) and not issubclass(action, (PlaceOrder, CancelOrder)):
        return "quote"
    return "activities" if issubclass(action, ActivityAction) else action


@pytest.mark.parametrize("lifecycle", LIFECYCLES, ids=lambda lifecycle: lifecycle.name)
def test_no_step_is_missing_from_table_matrix_and_diagram(lifecycle: Lifecycle) -> None:
    table, matrix, diagram = lifecycle_table(lifecycle), lifecycle_matrix(lifecycle), lifecycle_diagram(lifecycle)
    steps = [re.split(r" \| ", line.strip("| "))[:3] for line in table.split("\n")[2:]]
    arrows = re.findall(r"^    \w+ --> \w+: (.+)$", diagram, re.MULTILINE)
    cells = [cell for line in matrix.split("\n")[2:] for cell in line.split("|")[2:-1] if cell.strip()]
    rows = {(row.source, family(row.action)) for row in lifecycle.rows}
    assert sum(len(actions.split(", ")) for _, actions, _ in steps) == len(rows)
    assert sum(len(actions.split(", ")) for actions in arrows) == len(rows)
    assert len(cells) == len(rows)


def test_a_quotes_table_has_a_line_for_each_step_and_where_it_leads() -> None:
    lines = quote_table(QUOTE_LIFECYCLE).split("\n")
    assert lines[0] == "| from | step | to | because |"
    assert "| draft; not approved | send |" not in "\n".join(lines)
    assert "| draft; approved | send | sent | without errors and unapproved warnings |" in lines
    steps = [line.split(" | ") for line in lines[2:]]
    assert sum(len(sources.strip("| ").split("; ")) for sources, *_ in steps) == len(QUOTE_LIFECYCLE.rows)


def test_a_quotes_diagram_has_an_arrow_for_each_pair_of_standings_that_differ() -> None:
    arrows = [line.strip() for line in quote_diagram(QUOTE_LIFECYCLE).split("\n") if "-->" in line]
    pairs = {(row.source, row.target) for row in QUOTE_LIFECYCLE.rows if row.source is not row.target}
    assert len(arrows) == len(pairs) + 1
    assert arrows[0] == "[*] --> NOT_CALCULATED"
    assert "CALCULATED --> SENT: send" in arrows
    assert not [arrow for arrow in arrows if arrow.startswith("SENT --> NOT_CALCULATED")]


def test_the_moves_say_where_they_end_and_what_a_step_is_logged_as() -> None:
    assert moves_table((SKIP, JUMP)).split("\n")[2:] == [
        "| Skip | forward over stages that may be skipped, when at least two can be reached | Next |",
        "| Jump | back to any earlier stage, when there are at least two | Previous |",
    ]


def test_the_moves_say_who_offers_them() -> None:
    lines = moves_table(MOVES, (superoffice.DIALECT, business_central.DIALECT)).split("\n")
    assert lines[0].endswith("| SuperOffice | Business Central |")
    assert [line.split("|")[4:6] for line in lines if line.startswith(("| Start", "| MoveTo"))] == [
        [" ", " yes "],
        [" yes ", " "],
    ]


def test_the_dialects_stand_side_by_side() -> None:
    table = dialects_table((superoffice.DIALECT, business_central.DIALECT))
    assert "| begins as | open | not started |" in table
    assert "| an action needs | nothing more | Sell: reason; PlaceOrder: reason; Lose: reason |" in table
    assert "| can be deleted when | always | sold; lost |" in table
    assert "| locked fields | stalled, sold, lost: chance | not started: document; sold, lost: priority," in table


def test_a_dialect_that_never_deletes_says_so() -> None:
    strict = evolve(superoffice.DIALECT, deletable=frozenset())
    assert "| can be deleted when | never |" in dialects_table((strict,))


def test_a_reason_cannot_break_out_of_its_cell() -> None:
    rows = (Row(OPEN, Sell, SOLD, "a|b\n| *c* <b> `d` [e](f)"),)
    assert lifecycle_table(Lifecycle("Odd", rows)).split("\n")[2:] == [
        r"| open | Sell | sold | a\|b\\n\| \*c\* \<b\> \`d\` \[e\](f) |"
    ]


def test_the_name_of_a_process_cannot_break_a_heading() -> None:
    odd = evolve(superoffice.DIALECT, lifecycle=evolve_name(superoffice.LIFECYCLE, "a|b\nc"))
    assert moves_table((), (odd,)).split("\n")[0].endswith(r"| a\|b\\nc |")


def evolve_name(lifecycle: Lifecycle, name: str) -> Lifecycle:
    return Lifecycle(name, lifecycle.rows, lifecycle.initial)


def test_an_action_with_a_strange_name_cannot_break_the_diagram() -> None:
    strange = type("Sell: a\nOPEN --> [*]", (Sell,), {})
    assert "Sell#58; a#10;OPEN --#62; #91;#42;#93;" in lifecycle_diagram(Lifecycle("Odd", (Row(OPEN, strange, SOLD),)))


def test_plain_text_stays_as_it_is() -> None:
    assert markdown_text("100 %, dated today (unless given)") == "100 %, dated today (unless given)"
