"""From bytes to rows: whatever is wrong with one row costs no other."""

from io import BytesIO

import pytest
from hypothesis import given
from hypothesis import strategies as st

from salespipeline.errors import InvalidValue
from salespipeline.exchange.records import Record, ascii_based, lines, records


def taken(file: bytes, *, encoding: str = "utf-8", limit: int = 1000, delimiter: str = ",") -> list[Record]:
    return list(records(lines(BytesIO(file), encoding, limit), delimiter, limit))


def cells(file: bytes) -> list[list[str]]:
    return [record.cells for record in taken(file)]


@pytest.mark.parametrize("end", [b"\n", b"\r\n", b"\r"])
def test_lines_end_as_they_like(end: bytes) -> None:
    assert cells(end.join([b"a,b", b"", b"c,d"])) == [["a", "b"], [], ["c", "d"]]


def test_a_quoted_cell_may_have_line_breaks_quotes_and_delimiters() -> None:
    assert cells(b'a,"b\r\nc, ""d"""\ne,f') == [["a", 'b\r\nc, "d"'], ["e", "f"]]


def test_a_byte_order_mark_is_passed_over() -> None:
    assert cells(b"\xef\xbb\xbfa,b\n\xef\xbb\xbfc,d") == [["a", "b"], ["\ufeffc", "d"]]


def test_a_quote_that_is_never_closed_costs_its_own_line() -> None:
    assert taken(b'a,b\nc,"d\ne,f\ng,h\n') == [
        Record(["a", "b"]),
        Record([], "a quoted cell is not closed", 'c,"d\n'),
        Record(["e", "f"]),
        Record(["g", "h"]),
    ]


def test_a_quote_that_is_closed_by_a_later_cell_costs_its_own_line() -> None:
    assert [record.cells for record in taken(b'a,"b\nc,d\ne,"f"\n')] == [[], ["c", "d"], ["e", "f"]]


def test_text_behind_a_closing_quote_costs_its_own_line() -> None:
    (bad, good) = taken(b'a,"b"c\nd,e\n')
    assert (bad.fault, good.cells) == (
        "text follows the closing quote of a cell; inside quotes, double a quote",
        ["d", "e"],
    )


def test_a_quote_inside_a_bare_cell_is_text() -> None:
    assert cells(b'a,5" pipe\n') == [["a", '5" pipe']]


def test_bytes_that_are_not_text_are_told_by_their_offset() -> None:
    assert [record.fault for record in taken(b"a,b\ncaf\xe9,d\ne,f\n")] == [
        "",
        "not text in utf-8, at byte 7 of the file",
        "",
    ]


def test_the_offset_counts_the_byte_order_mark() -> None:
    assert taken(b"\xef\xbb\xbfcaf\xe9,d\n")[0].fault == "not text in utf-8, at byte 6 of the file"


def test_a_line_over_the_limit_costs_itself() -> None:
    file = b"a,b\n" + b"x" * 200_000 + b",y\nc,d\n"
    assert [(record.cells, record.fault) for record in taken(file)] == [
        (["a", "b"], ""),
        ([], "longer than 1,000 bytes"),
        (["c", "d"], ""),
    ]


def test_a_row_of_several_lines_over_the_limit_costs_its_first_line() -> None:
    file = b'a,"b\n' + b"c,d\n" * 500 + b'e"\n'
    found = taken(file)
    assert found[0].fault == "a quoted cell is not closed within 1,000 bytes"
    assert [record.cells for record in found[1:]] == [["c", "d"]] * 500 + [['e"']]


def test_what_follows_an_overlong_line_keeps_its_offset() -> None:
    assert taken(b"x" * 70_000 + b"\n\xff\n")[1].fault == "not text in utf-8, at byte 70,001 of the file"


def test_nul_is_a_character_like_any_other() -> None:
    assert cells(b"a\0,b\n") == [["a\0", "b"]]


@pytest.mark.parametrize("encoding", ["utf-16", "utf-32", "no-such", "hex", "cp037"])
def test_an_encoding_not_based_on_ascii_is_refused(encoding: str) -> None:
    with pytest.raises(InvalidValue, match="based on ASCII"):
        ascii_based(encoding)


@given(st.lists(st.lists(st.text(st.characters(exclude_categories=["Cs"])), min_size=2), max_size=5))
def test_well_formed_rows_come_back_as_they_were(rows: list[list[str]]) -> None:
    """Every cell of a file that is quoted by the rules is read as it was written."""
    file = "".join(",".join('"' + cell.replace('"', '""') + '"' for cell in row) + "\r\n" for row in rows)
    assert cells(file.encode()) == rows


@given(st.binary(max_size=300))
def test_no_line_is_lost(file: bytes) -> None:
    """Every byte is in some line, whatever the file holds."""
    assert sum(line.size for line in lines(BytesIO(file), "utf-8", 20)) == len(file)
