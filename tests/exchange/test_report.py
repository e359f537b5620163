"""The report in numbers and in words."""

from salespipeline.exchange import Adjustment, Fault, Rejection, Report

REPORT = Report(
    rows_read=5,
    accepted=3,
    adjusted=(
        Adjustment(2, "product", "GTXPro", "GTX Pro", "spelled 'GTX Pro' in products"),
        Adjustment(4, "product", "gtx pro", "GTX Pro", "spelled 'GTX Pro' in products"),
    ),
    rejected=(
        Rejection(3, (Fault("id", "", "a value is required"), Fault("net", "x", "it is no amount such as 1234.50"))),
        Rejection(6, (Fault("", "a,b", "it has 2 cells, the header has 3"),)),
    ),
)


def test_it_counts_by_column_and_reason() -> None:
    assert REPORT.counts == {
        ("product", "spelled 'GTX Pro' in products"): 2,
        ("id", "a value is required"): 1,
        ("net", "it is no amount such as 1234.50"): 1,
        ("", "it has 2 cells, the header has 3"): 1,
    }


def test_its_summary_names_each_reason_once_with_its_first_row() -> None:
    assert (
        REPORT.summary()
        == """\
5 rows read: 3 accepted, 2 rejected
notes:
  2 x column 'product': spelled 'GTX Pro' in products (first in row 2)
rejected:
  1 x column 'id': a value is required (in row 3)
  1 x column 'net': it is no amount such as 1234.50 (in row 3)
  1 x the row: it has 2 cells, the header has 3 (in row 6)"""
    )


def test_a_clean_report_is_one_line() -> None:
    assert str(Report(2, 2)) == "2 rows read: 2 accepted, 0 rejected"


def test_a_long_summary_ends_with_how_much_it_left_out() -> None:
    many = tuple(Adjustment(row, "c", "", "", f"reason {row}") for row in range(2, 32))
    assert str(Report(30, 30, many)).splitlines()[-1] == "  and 10 other reasons"


def test_a_column_cannot_break_a_line_of_the_summary() -> None:
    report = Report(1, 0, rejected=(Rejection(2, (Fault("a\x1b[31m\nb", "", "no"),)),))
    assert "\x1b" not in str(report)
    assert len(str(report).splitlines()) == 3
