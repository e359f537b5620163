from datetime import date
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from salespipeline.insight.table import aligned, text_of
from salespipeline.model.standing import Status


def line(value: object) -> str:
    """The one line of a table with one value."""
    return aligned(["x"], [[value]]).split("\n")[-1]


def test_texts_stand_to_the_left_and_numbers_to_the_right() -> None:
    assert aligned(["title", "sale_date", "amount"], [["Desks", date(2025, 4, 7), Decimal("48000.00")]]) == (
        "title  sale date      amount\n-----  ----------  ---------\nDesks  2025-04-07  48,000.00"
    )


def test_without_rows_the_headings_remain() -> None:
    assert aligned(["id", "title"], []) == "id  title\n--  -----"


def test_a_hole_among_numbers_stays_empty() -> None:
    assert aligned(["a", "b"], [[None, "x"], [10, "y"]]).split("\n")[2:] == ["    x", "10  y"]


@pytest.mark.parametrize(
    ("value", "text"),
    [(None, ""), (False, ""), (True, "yes"), (Status.LOST, "lost"), (1234567, "1,234,567"), (Decimal("1E+3"), "1,000")],
)
def test_values_are_written_for_people(value: object, text: str) -> None:
    assert text_of(value) == text


@pytest.mark.parametrize("text", ["a\nb", "a\x1b[31mb", "a\u202eb", "a\u2028b", "a\rb", "a\tb", "a\x85b"])
def test_what_does_not_print_is_shown_escaped(text: str) -> None:
    assert line(text) == text.encode("unicode_escape").decode("ascii")


def test_a_column_name_cannot_break_the_heading() -> None:
    assert aligned(["a\nb"], []).split("\n")[0] == "a\\nb"


def test_a_long_text_is_cut_to_forty_places() -> None:
    assert line("x" * 219) == "x" * 39 + "…"


def test_wide_characters_are_cut_by_the_places_they_take() -> None:
    assert line("案" * 30) == "案" * 19 + "…"


def test_wide_characters_take_two_places() -> None:
    assert aligned(["title", "n"], [["案件", 1], ["desks", 2]]).split("\n")[2:] == ["案件   1", "desks  2"]


def test_a_combining_accent_takes_no_place() -> None:
    assert aligned(["t", "n"], [["e\u0301", 1], ["e", 2]]).split("\n")[2:] == ["e\u0301  1", "e  2"]


@given(st.lists(st.tuples(st.text(), st.text(max_size=60)), max_size=5))
def test_a_table_has_a_line_a_row_whatever_the_texts(rows: list[tuple[str, str]]) -> None:
    """No stored text can carry a control character or a line break to a terminal."""
    printed = aligned(["a", "b"], rows)
    assert printed.count("\n") == 1 + len(rows)
    assert printed.replace("\n", "").isprintable()
