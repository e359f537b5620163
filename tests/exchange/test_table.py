"""Files that cannot be read at all, and rows whose cells cannot be told."""

import pickle
from pathlib import Path

import pytest
from tests.exchange.furniture import CATALOG, MAPPING, faults, read, read_plain

from salespipeline.errors import InvalidValue
from salespipeline.exchange import CsvFormat, FileRefused, read_csv


@pytest.mark.parametrize(
    ("file", "reason"),
    [
        (b"", "it is empty; it needs a row with the names of its columns"),
        (b"\xef\xbb\xbf", "its first row is blank; it needs the names of the columns"),
        (b"\n", "its first row is blank; it needs the names of the columns"),
        (b" , \n", "its first row is blank; it needs the names of the columns"),
        (b'Deal,"Rep\n', "its header cannot be taken: a quoted cell is not closed"),
        (b"Deal,R\xe9p\n", "its header cannot be taken: not text in utf-8, at byte 6 of the file"),
        ("Deal\n".encode("utf-16"), "its header cannot be taken: not text in utf-8, at byte 0 of the file"),
        (b"Deal,Rep, Rep \n", "its header has more than once: 'Rep'"),
        (
            b"Deal,Rep\n",
            "columns of the mapping are missing: 'Started', 'Phase', 'Ended', 'Value', 'Client', 'Product'",
        ),
    ],
)
def test_a_file_that_does_not_fit_is_refused_as_a_whole(file: bytes, reason: str) -> None:
    with pytest.raises(FileRefused) as caught:
        read(file)
    assert caught.value.reason == reason


def test_a_missing_column_is_told_with_those_there_are(tmp_path: Path) -> None:
    path = tmp_path / "deals.csv"
    path.write_text("Deal,Repr,Product,Client,Phase,Started,Ended,Value\n", encoding="utf-8")
    with pytest.raises(FileRefused) as caught:
        read_csv(path, MAPPING, CATALOG)
    assert str(caught.value).endswith(
        ": columns of the mapping are missing: 'Rep'; the file has 'Deal', 'Repr',"
        " 'Product', 'Client', 'Phase', 'Started', 'Ended', 'Value'"
    )
    assert caught.value.columns[1] == "Repr"


def test_a_refusal_survives_pickling() -> None:
    refused = FileRefused("deals.csv", "it is empty", ("a",))
    again = pickle.loads(pickle.dumps(refused))  # noqa: S301  # our own
    assert (str(again), again.columns) == (str(refused), ("a",))


def test_a_header_alone_gives_nothing() -> None:
    reading = read("Deal,Rep,Product,Client,Phase,Started,Ended,Value")
    assert (reading.sales, reading.report.rows_read) == ((), 0)


def test_columns_without_a_name_are_passed_over() -> None:
    assert [sale.id for sale in read_plain("id,,\nS-1,x,y\n").sales] == ["S-1"]


def test_a_nul_character_rejects_its_row_and_names_the_column() -> None:
    reading = read_plain("id,memo\nS-1,a\0b\nS-2,c\n")
    assert faults(reading) == [(2, "memo", "a\0b", "it holds a NUL character")]
    assert [sale.id for sale in reading.sales] == ["S-2"]


def test_bytes_that_are_not_text_reject_their_row() -> None:
    reading = read(b"Deal,Rep,Product,Client,Phase,Started,Ended,Value\n" + b"K-1,Zo\xeb,Stool,,New,,,\n")
    assert faults(reading) == [(2, "", "K-1,Zo\ufffd,Stool,,New,,,\n", "not text in utf-8, at byte 56 of the file")]


def test_a_row_over_the_limit_is_rejected() -> None:
    reading = read_plain("id,memo\nS-1," + "x" * 100_000 + "\nS-2,y\n")
    assert [(row, reason) for row, _, _, reason in faults(reading)] == [(2, "longer than 100,000 bytes")]


def test_a_cell_that_looks_like_a_formula_is_text() -> None:
    (sale,) = read("Deal,Rep,Product,Client,Phase,Started,Ended,Value\nK-1,@cmd,Stool,=1+1,New,,,\n").sales
    assert (sale.title, sale.company) == ("Stool for =1+1", "1-1-21028d94")


@pytest.mark.parametrize("format", [CsvFormat(delimiter=""), CsvFormat(delimiter='"'), CsvFormat(row_limit=0)])
def test_a_format_that_nothing_can_be_read_in_is_refused(format: CsvFormat) -> None:
    with pytest.raises(InvalidValue):
        read("id\n", format=format)
