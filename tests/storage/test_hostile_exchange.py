"""Documents and tables from elsewhere, with hostile ids, values and cells: refused by name and row, or harmless."""

from collections.abc import Mapping
from pathlib import Path

import pytest
from tests.counts import Counted
from tests.storage.hostile import cells, names
from tests.storage.hostile.entries import (
    changed_documents,
    each,
    import_text,
    read_rows,
    refusal,
    renamed,
    unless_refused,
)
from tests.storage.journals import opened, saving

KINDS = ("company", "person", "sale", "user")


def test_p_s3_a_document_with_anything_in_any_place_is_refused_or_harmless(counted: Counted) -> None:
    outcomes = [unless_refused(import_text, text) for text in changed_documents()]
    assert outcomes.count(None) > 200
    counted("changed documents", len(outcomes), 600)


@pytest.mark.parametrize("kind", KINDS)
def test_p_s5_an_id_that_is_none_is_refused_in_a_document(kind: str, counted: Counted) -> None:
    each(names.REFUSED, lambda name: unless_refused(import_text, renamed(kind, names.REFUSED[name])), counted)


@pytest.mark.parametrize("kind", KINDS)
def test_p_s5_an_id_of_other_letters_does_no_harm_in_a_document(kind: str, counted: Counted) -> None:
    def fault(name: str) -> str | None:
        error = refusal(lambda: import_text(renamed(kind, names.HARMLESS[name])))
        return None if error is None else str(error)

    each(names.HARMLESS, fault, counted)


@pytest.mark.parametrize("kind", KINDS)
def test_p_s5_half_a_character_is_refused_in_a_document(kind: str, counted: Counted) -> None:
    each(names.SURROGATES, lambda name: unless_refused(import_text, renamed(kind, names.SURROGATES[name])), counted)


def test_p_s5_an_id_never_becomes_a_file_name(tmp_path: Path, counted: Counted) -> None:
    """A storage takes any text; it is given back as it was, and nothing is made but the store's own files."""
    ids = {**names.REFUSED, **names.HARMLESS}
    storage = opened(tmp_path / "s")
    for number, id in enumerate(ids.values(), 1):
        assert storage.commit(saving(id, expect=None)) == number
    storage.compact()
    assert {record.id for record in storage.scan("sale")} == set(ids.values())
    assert [len(storage.past("sale", ids[name])) for name in ("a path upwards", "300 characters")] == [1, 1]
    assert {file.name for file in tmp_path.iterdir()} == {"s", "s.head", "s.lock", "s.past-1"}
    counted("hostile inputs", len(ids), 70)


def test_p_s3_a_file_that_is_no_table_is_refused(counted: Counted) -> None:
    each(cells.REFUSED_FILES, lambda name: unless_refused(read_rows, cells.REFUSED_FILES[name]), counted)


def test_p_s3_a_row_that_is_none_is_rejected_with_its_number(counted: Counted) -> None:
    def fault(name: str) -> str | None:
        report = read_rows(cells.HEADER + cells.REJECTED_ROWS[name]).report
        places = [row for row, faults in report.rejected if all(fault.reason for fault in faults)]
        return None if places[:1] == [2] and not report.accepted and str(report).isascii() else str(report)

    each(cells.REJECTED_ROWS, fault, counted)


def test_p_s4_a_row_that_looks_like_more_is_text(counted: Counted) -> None:
    def fault(name: str) -> str | None:
        reading = read_rows(cells.HEADER + cells.HARMLESS_ROWS[name])
        return None if [sale.id for sale in reading.sales] == ["S-1"] else str(reading.report)

    each(cells.HARMLESS_ROWS, fault, counted)


@pytest.mark.parametrize("cases", [names.REFUSED, names.SURROGATES], ids=["refused", "halves"])
def test_p_s5_an_id_that_is_none_is_rejected_in_a_row(cases: Mapping[str, str], counted: Counted) -> None:
    """But spaces around it, which are taken off; and a row of nothing is none."""

    def fault(name: str) -> str | None:
        quoted = cases[name].replace('"', '""').encode(errors="surrogatepass")
        report = read_rows(cells.HEADER + b'"' + quoted + b'",A sofa,1.00,2025-01-31\n').report
        return str(report) if report.accepted and not name.startswith(("space", "empty", "a space")) else None

    each(cases, fault, counted)


@pytest.mark.parametrize("encoding", cells.REFUSED_ENCODINGS, ids=lambda each: each[:20])
def test_p_s3_an_encoding_that_hides_its_commas_is_refused(encoding: str, counted: Counted) -> None:
    assert refusal(lambda: read_rows(cells.GOOD, encoding))
    counted("hostile inputs", 1, 1)


def test_p_s3_an_encoding_without_replacement_is_refused() -> None:
    assert refusal(lambda: read_rows(cells.HEADER + b"S-1,A \xff sofa,1.00,2025-01-31\n", "idna"))
