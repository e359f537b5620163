"""The one way JSON text is written, and the one gate through which it comes in."""

import json
import time
import unicodedata
from contextlib import suppress
from enum import IntEnum, StrEnum
from typing import Any, cast

import pytest
from hypothesis import given
from hypothesis import strategies as st

from salespipeline.errors import InvalidValue
from salespipeline.storage.jsontext import BODY, JsonText, Limits, check_one_line, dumps, loads, quote, quote_pairs

characters = st.characters(exclude_categories=["Cs"])
leaves = st.none() | st.booleans() | st.integers() | st.text(characters)
values = st.recursive(
    leaves, lambda inner: st.lists(inner) | st.dictionaries(st.text(characters), inner), max_leaves=20
)


@given(values)
def test_what_is_written_is_read_by_everybody(value: object) -> None:
    text = dumps(value)
    assert loads(text) == json.loads(text) == value


@given(values)
def test_what_is_written_is_one_line_for_everybody(value: object) -> None:
    check_one_line(str(dumps(value)))


@given(st.text(characters))
def test_a_quoted_text_is_the_written_one(text: str) -> None:
    assert quote(text) == dumps(text)


@given(st.dictionaries(st.text(characters), st.text(characters)))
def test_quoted_pairs_are_the_written_object(pairs: dict[str, str]) -> None:
    assert quote_pairs(pairs.items()) == dumps(pairs)


def test_the_text_is_the_shortest_and_keeps_the_order() -> None:
    assert dumps({"b": [1, -2, True, None], "a": ("é", "10.50")}) == '{"b":[1,-2,true,null],"a":["é","10.50"]}'


def test_what_does_not_print_is_escaped() -> None:
    """The table is compared with a Unicode version that never changes any more."""
    old = unicodedata.ucd_3_2_0
    unseen = {"Cc", "Cf", "Zl", "Zp", "Zs"}
    hidden = [chr(code) for code in range(0x7F, 0x110000) if old.category(chr(code)) in unseen]
    assert [character for character in hidden if not dumps(character).isascii()] == []


@pytest.mark.parametrize("text", ["Café", "売上", "😀", "€ –", "e\u0301", "a\ufe0f", "\ue000"])
def test_what_prints_is_not_escaped(text: str) -> None:
    assert dumps(text) == f'"{text}"'


def test_an_escape_beyond_the_first_plane_is_a_pair() -> None:
    assert dumps("\U000e0001\u2028\u202e\x7f") == r'"\udb40\udc01\u2028\u202e\u007f"'


class Word(StrEnum):
    OPEN = "open"


class Level(IntEnum):
    ONE = 1


class Text(str):
    __slots__ = ()


class Pairs(dict[str, int]):
    pass


UNWRITABLE = [
    1.5,
    float("nan"),
    {1: 2},
    {None: 1},
    b"x",
    {1},
    object(),
    Word.OPEN,
    Level.ONE,
    Text("x"),
    Pairs(),
    10**9_999,
]


@pytest.mark.parametrize("value", UNWRITABLE, ids=lambda value: type(value).__name__)
def test_other_types_are_not_written(value: object) -> None:
    for nested in (value, [value], {"a": [{"b": value}]}):
        with pytest.raises(InvalidValue):
            dumps(nested)


def test_a_refusal_names_the_place() -> None:
    with pytest.raises(InvalidValue, match=r"the value\['history'\]\[1\]\['amount'\]"):
        dumps({"history": [{}, {"amount": 1.5}]})


@pytest.mark.parametrize("text", ["\ud800", "a\udfff", "\udc00\ud800"])
def test_half_a_surrogate_pair_is_not_written(text: str) -> None:
    for value in (text, [text], {text: 1}):
        with pytest.raises(InvalidValue, match="surrogate"):
            dumps(value)


def test_what_would_not_be_read_is_not_written() -> None:
    deep: list[object] = []
    for _ in range(BODY.depth):
        deep = [deep]
    for value in (deep, [0] * 50_002, "x" * (1 << 20), "é" * (1 << 19)):
        with pytest.raises(InvalidValue):
            dumps(value)


def test_a_value_inside_of_itself_is_not_written() -> None:
    circle: list[object] = []
    circle.append(circle)
    with pytest.raises(InvalidValue, match="nested"):
        dumps(circle)


REFUSED = [
    "", " ", "x", "nul", "NaN", "-Infinity", "[Infinity]", "1.5", "1.0", "1e5", "1E400", "-0.0", "01", "+1", "0x1",
    "1_000", "\u0661", "'a'", '{"a":1,"a":1}', '[{"a":{"b":1,"b":2}}]', "[1,]", "[,1]", '{"a":1,}', "{a:1}", "[1][2]",
    '"\x00"', '"a\tb"', '"\n"', '"\ud800"', r'"\ud800"', r'"\uD83D\u0041"', r'["\\\udc00"]', r'{"\ud800":1}', r'"\x41"',
    '"a', "[" * 9, "\ufeff1", "// 1\n1", "/**/1", "1" * 5_000,
]  # fmt: skip


@pytest.mark.parametrize("text", REFUSED)
def test_what_is_not_plain_json_is_refused(text: str) -> None:
    with pytest.raises(InvalidValue):
        loads(text)


@pytest.mark.parametrize("given", [b"1", bytearray(b"1"), 1, None, '{"a":1}'.encode("utf-16")])
def test_what_is_not_text_is_refused(given: object) -> None:
    with pytest.raises(InvalidValue, match="give text"):
        loads(given)  # type: ignore[arg-type]  # pyright: ignore[reportArgumentType]  # a wrong type is what is tried


@pytest.mark.parametrize("text", [r'"\ud83d\ude00"', r'"\\ud800"', r'"\\\\ud800"', " [ 1 ]\n", str(10**400), "-0"])
def test_odd_but_plain_json_is_taken(text: str) -> None:
    assert loads(text) == json.loads(text)


@pytest.mark.parametrize(
    ("text", "fits"),
    [
        ("[" * 64 + "]" * 64, True),
        ("[" * 65 + "]" * 65, False),
        ('{"a":' * 65 + "1" + "}" * 65, False),
        ("[" + "[1]," * 99 + "[1]]", True),
        ('["' + "[" * 99 + '"]', True),
        ('["' + "[" * 99 + '\\"[[["]', True),
        ("[" * 40 + "[],[]" + "]" * 40, True),
        ("[" * 60 + "[[[[[[]]]]],[]]" + "]" * 60, False),
    ],
)
def test_nesting_is_bounded(text: str, fits: bool) -> None:
    if fits:
        assert loads(text) == json.loads(text)
    else:
        with pytest.raises(InvalidValue, match="nested deeper"):
            loads(text)


@given(st.text(alphabet='[]{},"\\a', max_size=60))
def test_the_bound_of_the_nesting_is_one(text: str) -> None:
    """Whatever passes the quick look at depth also passes the exact one."""
    try:
        value = json.loads(text)
    except ValueError:
        return
    depth = len(text)
    while depth and loads_within(text, depth - 1):
        depth -= 1
    assert depth == depth_of(value)


def loads_within(text: str, depth: int) -> bool:
    try:
        loads(text, limits=Limits(depth=depth))
    except InvalidValue as error:
        return "nested" not in str(error)
    return True


def depth_of(value: Any) -> int:
    if not isinstance(value, dict | list):
        return 0
    inner: list[Any] = [*(cast("dict[str, Any]", value).values() if isinstance(value, dict) else value)]
    return 1 + max(map(depth_of, inner), default=0)


def test_size_and_number_are_bounded() -> None:
    assert loads('"é"', limits=Limits(bytes=4)) == "é"
    assert loads('[",,",[]]', limits=Limits(commas=1)) == [",,", []]
    for text, limits in (
        ('["[",[],[],[[1]]]', Limits(depth=2)),
        ('"éé"', Limits(bytes=5)),
        ("[1,2]", Limits(commas=0)),
        ('"' + "," * 99 + '",1', Limits(commas=9)),
    ):
        with pytest.raises(InvalidValue):
            loads(text, limits=limits)


def test_commas_inside_of_texts_do_not_count() -> None:
    assert loads(f'"{"," * 60_000}"') == "," * 60_000


HOSTILE = {
    "open brackets": "[" * 1_000_000,
    "open objects": '{"":' * 200_000,
    "escaped quotes": '"' + '\\"' * 500_000,
    "broken texts": '"\\' * 500_000,
    "quotes": '"' * 1_000_000,
    "commas": "," * 1_000_000,
    "keys": "{" + ",".join(f'"{number}":0' for number in range(70_000)) + "}",
    "digits": "9" * 1_000_000,
    "escapes": '"' + "\\u0041" * 150_000 + '"',
    "spaces": " " * 1_000_000,
    "brackets in a text": '"' + "[" * 1_000_000 + '"',
    "pairs": "[" + "[]," * 40_000 + "[]]",
    "a key twice": "{" + ",".join(f'"{number}":0' for number in range(49_000)) + ',"48999":1}',
}
_SECONDS = 10  # of the processor: fifty times what the slowest takes, and a tenth of what a quadratic gate would


@pytest.mark.parametrize("name", HOSTILE)
def test_p_s2_no_megabyte_keeps_the_gate_busy(name: str) -> None:
    start = time.process_time()
    with suppress(InvalidValue):
        loads(HOSTILE[name])
    assert time.process_time() - start < _SECONDS


@given(st.text(alphabet='[]{},:"\\u0dDn1\n\t ', max_size=40))
def test_p_s3_a_refusal_is_always_the_librarys_own(text: str) -> None:
    try:
        value = loads(text)
    except InvalidValue:
        return
    assert value == json.loads(text)


@pytest.mark.parametrize("text", ["[1,\n2]", "1\n", "\r1", '"\u2028"', '"\u2029"', '"\x85"'])
def test_json_on_two_lines_is_not_one_line(text: str) -> None:
    with pytest.raises(InvalidValue, match="more than one line"):
        check_one_line(text)


@pytest.mark.parametrize("text", [" [ 1 ] ", "\t1", '"\u200d"', '"\ufeff"', r'"\n"'])
def test_json_on_one_line_passes(text: str) -> None:
    check_one_line(text)


def test_json_text_is_text() -> None:
    assert (JsonText("1"), type(dumps(1))) == ("1", JsonText)
    assert loads(dumps([1])) == [1]


def test_as_many_elements_as_are_allowed_are_taken() -> None:
    assert loads("[1,2,3]", limits=Limits(commas=2)) == [1, 2, 3]


def test_what_deletes_is_escaped_in_every_way_of_writing() -> None:
    assert (dumps("\x7f"), quote("\x7f"), quote_pairs([("a", "\x7f")])) == ('"\\u007f"', '"\\u007f"', '{"a":"\\u007f"}')
