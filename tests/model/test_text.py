"""Ids and texts: what is taken, and what is refused with its place."""

from enum import StrEnum
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from salespipeline.errors import InvalidValue
from salespipeline.model.ids import identifier
from salespipeline.model.item import Item, items
from salespipeline.model.people import Company, Person, User
from salespipeline.model.text import line, note
from salespipeline.testing.strategies import ids, titles


@given(ids())
def test_an_id_is_kept_as_typed(id: str) -> None:
    assert identifier(id) == id


@pytest.mark.parametrize("id", ["a", "S-1001", "v1.0", "été", "Straße 7", "大", "x" * 64, "_", "١٢"])
def test_what_is_an_id(id: str) -> None:
    assert identifier(id) is id


@pytest.mark.parametrize(
    "id",
    [
        "",
        ".",
        "..",
        " a",
        "a ",
        "a/b",
        "a\\b",
        "a\n",
        "a\tb",
        "a:b",
        "x" * 65,
        "e\u0301",
        "\ud800",
        "a\u200bb",
        "\u202e",
    ],
)
def test_what_is_none(id: str) -> None:
    """Nothing that means something to a file system, a terminal or a reader's eye."""
    with pytest.raises(InvalidValue, match="an id has"):
        identifier(id)


@pytest.mark.parametrize("value", [None, 5, b"a", ["a"], True])
def test_an_id_is_text(value: Any) -> None:
    with pytest.raises(InvalidValue):
        identifier(value, "owner")


@given(titles())
def test_a_line_is_kept_as_typed(title: str) -> None:
    assert line(title, "title", 219, required=True) == title


@given(st.characters(categories=["Cc", "Cs"]), titles())
def test_controls_are_refused_with_their_place(control: str, title: str) -> None:
    with pytest.raises(InvalidValue, match=f"position {len(title)}"):
        line(title + control, "title", 999)


@pytest.mark.parametrize("text", ["a\nb", "\ta", "a\r", "\x00", "\x1b[31m", "a\x85", "\u2028"])
def test_a_line_is_one_line(text: str) -> None:
    with pytest.raises(InvalidValue):
        line(text, "title", 219)


def test_a_note_has_lines_and_tabs() -> None:
    assert note("a\n\tb", "note", 2047) == "a\n\tb"


@pytest.mark.parametrize("text", ["a\r\nb", "\x1b[31m", "\x00", "\ud800", "\x0b"])
def test_a_note_has_no_other_control(text: str) -> None:
    with pytest.raises(InvalidValue):
        note(text, "note", 2047)


@pytest.mark.parametrize("read", [line, note])
def test_the_limit_is_inclusive(read: Any) -> None:
    assert len(read("é" * 219, "title", 219)) == 219
    with pytest.raises(InvalidValue, match="at most 219 characters, this has 220"):
        read("é" * 220, "title", 219)


@pytest.mark.parametrize("text", ["", " ", "\u00a0", "\u3000"])
def test_a_required_line_has_something_in_it(text: str) -> None:
    assert line(text, "title", 219) == text
    with pytest.raises(InvalidValue, match="required"):
        line(text, "title", 219, required=True)


@pytest.mark.parametrize("value", [None, 5, b"a", ["a"]])
def test_text_is_text(value: Any) -> None:
    with pytest.raises(InvalidValue, match="it takes text"):
        line(value, "title", 219)


def test_text_of_another_class_becomes_plain() -> None:
    """What is stored is text and nothing more, whatever class it came in."""

    class Title(StrEnum):
        A = "a"

    member = Title.A
    assert type(line(member, "title", 219)) is type(note(member, "note", 9)) is type(identifier(member)) is str


class TestEntries:
    def test_a_lone_text_is_its_own_id(self) -> None:
        assert items("No budget", ("x", "Y"), Item("z", "Z")) == (
            Item("no-budget", "No budget"),
            Item("x", "Y"),
            Item("z", "Z"),
        )

    @pytest.mark.parametrize("entry", ["", "a/b", ("", "x"), ("x", "")])
    def test_nonsense_is_refused(self, entry: Any) -> None:
        with pytest.raises(InvalidValue):
            items(entry)


@pytest.mark.parametrize(
    ("kind", "arguments"),
    [
        (Company, ("", "Acme")),
        (Company, ("acme", "")),
        (Person, ("joe", "Joe", "")),
        (Person, ("joe", "x" * 240)),
        (User, ("", "Anna")),
        (User, ("anna", "")),
        (User, ("anna", 5)),
        (User, ("anna", "Anna", "no/group")),
    ],
)
def test_parties_refuse_nonsense(kind: Any, arguments: tuple[Any, ...]) -> None:
    with pytest.raises(InvalidValue):
        kind(*arguments)
