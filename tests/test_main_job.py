"""The main job, run as people run it, with figures that were counted elsewhere."""

import os
import runpy
import subprocess
import sys
from collections import Counter
from decimal import Decimal
from functools import cache
from pathlib import Path
from typing import Any, NamedTuple

import pytest

from salespipeline import Pipeline, Sale, Status
from salespipeline.exchange import Reading, read_csv

ROOT = Path(__file__).parents[1]
EXAMPLES = ROOT / "examples"

# Sample data kept beside the checkout, or wherever the environment says; not part of the project.
BESIDE = ROOT.parent / "shared" / "data" / "maven_crm_sales_opportunities" / "sales_pipeline.csv"
MAVEN = Path(os.environ.get("SALESPIPELINE_MAVEN_CSV") or BESIDE)

needs_maven = pytest.mark.skipif(not MAVEN.is_file(), reason=f"no sample data: SALESPIPELINE_MAVEN_CSV, nor {MAVEN}")

SMALL = """\
opportunity_id,sales_agent,product,account,deal_stage,engage_date,close_date,close_value
A1,Ida Marsk,GTXPro,Brimal Dairy,Won,2017-01-10,2017-03-31,4500
A2,Ida Marsk,GTX Basic,Brimal Dairy,Won,2017-01-11,2017-04-01,500
A3,Joop Ravel,GTXPro,Corvane Optics,Lost,2017-02-01,2017-02-03,0
A4,Joop Ravel,MG Special,,Engaging,2017-11-01,,
A5,Joop Ravel,GTK 500,,Prospecting,,,
A6,Joop Ravel,GTK 5000,Corvane Optics,Won,2017-05-01,2017-04-01,-
"""

PRODUCTS = "use one of 'GTX Basic', 'GTX Pro', 'MG Special', 'MG Advanced', 'GTX Plus Pro', 'GTX Plus Basic', 'GTK 500'"


def run(*arguments: object) -> str:
    """What the job prints."""
    command = [sys.executable, str(EXAMPLES / "main_job.py"), *map(str, arguments)]
    environment = {**os.environ, "PYTHONPATH": str(ROOT / "src"), "PYTHONUTF8": "1"}
    done = subprocess.run(command, check=False, capture_output=True, encoding="utf-8", env=environment, timeout=600)
    assert done.returncode == 0, done.stderr
    return done.stdout


def section(printed: str, heading: str) -> list[str]:
    """The lines under the heading that begins so."""
    lines = printed.splitlines()
    start = next(number for number, line in enumerate(lines) if line.startswith(heading)) + 2
    end = next(
        (number for number, line in enumerate(lines) if number > start and line.startswith("===")), len(lines) + 2
    )
    return [line for line in lines[start : end - 1] if line]


def test_the_sample_book_is_stored_moved_and_looked_at() -> None:
    printed = run()
    assert section(printed, "200 sales stored and read again") == ["every one is as it was"]
    assert [line.split(", ")[-1] for line in section(printed, "Anna's morning")[:7:3]] == [
        "Next:",
        "Revise:",
        "Assign:",
    ]
    assert len(section(printed, "Overview on 2025-12-31")) == 14
    assert any(" yes " in line for line in section(printed, "Overview"))
    assert section(printed, "Forecast of the open sales, by month and owner")[-3].startswith("total")
    assert section(printed, "Win rate") == ["50.00 %: 69 sold and 69 lost"]


def test_a_refusal_is_printed_with_every_reason_and_what_would_work() -> None:
    said = "\n".join(section(run(), "Anna's morning"))
    assert "3 problems" in said
    assert "reason 'cheap' is not a sold reason of this sale type; use one of 'price'" in said
    assert "closed_on 2024-12-31 is before the sale was registered; give 2025-" in said
    assert "value '999.995': EUR has 2 decimals; round it first" in said
    assert "can do instead: Next to " in said


def test_the_file_is_left_where_it_was_asked_for_and_never_written_over(tmp_path: Path) -> None:
    kept = tmp_path / "kept.jsonl"
    run("--keep", kept)
    with Pipeline.open(kept) as pipeline:
        assert len(pipeline.sales()) == 200
    again = subprocess.run(
        [sys.executable, str(EXAMPLES / "main_job.py"), "--keep", str(kept)],
        check=False,
        env={**os.environ, "PYTHONPATH": str(ROOT / "src")},
        capture_output=True,
    )
    assert again.returncode == 2


def test_a_small_file_of_the_same_kind_is_counted(tmp_path: Path) -> None:
    path = tmp_path / "deals.csv"
    path.write_text(SMALL, encoding="utf-8")
    printed = run(path)
    assert section(printed, "Report on deals.csv") == [
        "6 rows read: 5 accepted, 1 rejected",
        "notes:",
        "  2 x column 'product': spelled 'GTX Pro' in products (first in row 2)",
        "  2 x column 'account': open deal without an account (first in row 5)",
        "  1 x column 'engage_date': no day of engaging: registered on the last day (in row 6)",
        "rejected:",
        f"  1 x column 'product': not in products; {PRODUCTS} (in row 7)",
        "  1 x column 'close_date': it is before the day it was registered (in row 7)",
        "  1 x column 'close_value': it is no amount such as 1234.50 (in row 7)",
    ]
    assert section(printed, "5 sales stored and read again") == ["every one is as it was"]
    assert [line.split() for line in section(printed, "Deals")] == [
        ["Won", "2"],
        ["Lost", "1"],
        ["Engaging", "1"],
        ["Prospecting", "1"],
    ]
    assert [line.split()[:-1] for line in section(printed, "Won value")] == [
        ["2017-Q1", "4,500.00"],
        ["2017-Q2", "500.00"],
        ["in", "all", "5,000.00"],
    ]
    assert section(printed, "Win rate")[0] == "66.67 %: 2 sold and 1 lost"


# The 8,800 deals of a public sample; the figures were counted from the file by other means.


@cache
def example() -> dict[str, Any]:
    return runpy.run_path(str(EXAMPLES / "maven_mapping.py"))


@pytest.fixture(scope="module")
def maven() -> Reading:
    return read_csv(MAVEN, example()["MAPPING"], example()["catalog"]())


class Job(NamedTuple):
    """What the job printed, and the sales in the file it left."""

    printed: str
    sales: tuple[Sale, ...]


@pytest.fixture(scope="module")
def job(tmp_path_factory: pytest.TempPathFactory) -> Job:
    kept = tmp_path_factory.mktemp("maven") / "deals.jsonl"
    printed = run(MAVEN, "--keep", kept)
    with Pipeline.open(kept) as pipeline:
        return Job(printed, pipeline.sales())


@needs_maven
def test_every_deal_is_accepted(maven: Reading) -> None:
    assert (maven.report.rows_read, maven.report.accepted, maven.report.rejected) == (8800, 8800, ())
    assert (len(maven.companies), len(maven.users)) == (85, 30)


@needs_maven
def test_every_deviation_has_its_note(maven: Reading) -> None:
    counts = maven.report.counts
    assert counts[("product", "spelled 'GTX Pro' in products")] == 1480
    assert counts[("account", "open deal without an account")] == 1425
    assert {note.given for note in maven.report.adjusted if note.column == "product"} == {"GTXPro"}
    assert maven.report.adjusted[0][:4] == (3, "product", "GTXPro", "GTX Pro")


@needs_maven
def test_every_deal_comes_back_from_the_file_as_it_was(maven: Reading, job: Job) -> None:
    assert {sale.id: sale for sale in job.sales} == {sale.id: sale for sale in maven.sales}


@needs_maven
def test_the_deals_stand_as_they_were_counted(job: Job) -> None:
    statuses = Counter(sale.status for sale in job.sales)
    stages = Counter(sale.stage for sale in job.sales if sale.status is Status.OPEN)
    assert (statuses[Status.SOLD], statuses[Status.LOST]) == (4238, 2473)
    assert stages == {"engaging": 1589, "prospecting": 500}


@needs_maven
def test_the_deals_took_as_long_as_they_were_counted(job: Job) -> None:
    lengths = [sale.days_to_close for sale in job.sales if sale.days_to_close is not None]
    assert (min(lengths), max(lengths)) == (1, 138)
    assert sum(lengths) / len(lengths) == pytest.approx(47.985, abs=0.001)


@needs_maven
def test_the_won_value_is_as_it_was_counted(job: Job) -> None:
    quarters: dict[int, Decimal] = dict.fromkeys((1, 2, 3, 4), Decimal(0))
    for sale in job.sales:
        if sale.status is Status.SOLD and sale.closed_on:
            quarters[(sale.closed_on.month + 2) // 3] += sale.value
    assert list(quarters.values()) == [1134672, 3086111, 2982255, 2802496]
    assert sum(quarters.values()) == 10005534


@needs_maven
def test_the_job_prints_those_figures(job: Job) -> None:
    assert section(job.printed, "Report on")[0] == "8,800 rows read: 8,800 accepted, 0 rejected"
    assert section(job.printed, "8,800 sales stored and read again") == ["every one is as it was"]
    assert [line.split()[1] for line in section(job.printed, "Deals")] == ["4,238", "2,473", "1,589", "500"]
    assert [line.split()[-2] for line in section(job.printed, "Won value")] == [
        "1,134,672.00",
        "3,086,111.00",
        "2,982,255.00",
        "2,802,496.00",
        "10,005,534.00",
    ]
    assert section(job.printed, "Win rate")[0] == "63.15 %: 4,238 sold and 2,473 lost"
