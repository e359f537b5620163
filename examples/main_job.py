"""The main job: sales into a file, out of it again, a few moved, and what they are worth.

    python examples/main_job.py                  with the sample book
    python examples/main_job.py deals.csv        with the deals of a CSV file (the columns are in maven_mapping.py)
    python examples/main_job.py --keep my.jsonl  leaves the file there

The CSV file has the columns of a public sample; `maven_mapping.py` says what becomes of each.
"""

import argparse
import tempfile
import time
from collections.abc import Iterable
from datetime import UTC, date, datetime
from pathlib import Path

import maven_mapping

from salespipeline import (
    Assign,
    Company,
    Next,
    Person,
    Pipeline,
    Refused,
    Revise,
    Sale,
    Sell,
    Status,
    User,
)
from salespipeline.exchange import read_csv
from salespipeline.insight import forecast, overview, text_table, win_rate
from salespipeline.presets import sample


def main() -> None:
    """Run the job that the command line asks for."""
    parser = argparse.ArgumentParser(description="Sales into a file, out of it again, and what they are worth.")
    parser.add_argument("csv", nargs="?", type=Path, help="a CSV file of deals; the sample book unless given")
    parser.add_argument("--keep", type=Path, metavar="PATH", help="where to leave the file with the sales")
    asked = parser.parse_args()
    if asked.keep and asked.keep.exists():
        parser.error(f"{asked.keep} is there already; name a file that is not")
    with tempfile.TemporaryDirectory() as folder:
        store = asked.keep or Path(folder) / "sales.jsonl"
        if asked.csv:
            csv_job(asked.csv, store)
        else:
            sample_job(store)


def heading(text: str) -> None:
    """Print a heading."""
    print(f"\n{text}\n{'=' * len(text)}")


# With the sample book.


def sample_job(store: Path) -> None:
    """A firm's year: stored, opened again, worked on, and looked at."""
    book = sample.book()
    noon = datetime(book.today.year, book.today.month, book.today.day, 12, tzinfo=UTC)
    with Pipeline.open(store, catalog=book.catalog, user="anna", clock=lambda: noon) as pipeline:
        put_all(pipeline, (*book.companies, *book.persons, *book.users))
        pipeline.save_all(book.sales)
    with Pipeline.open(store, catalog=book.catalog, user="anna", clock=lambda: noon) as pipeline:
        heading(f"{len(book.sales)} sales stored and read again")
        print("every one is as it was" if pipeline.sales() == book.sales else "THEY DIFFER")
        work(pipeline)
        look(pipeline.sales(), book.today)


def put_all(pipeline: Pipeline, parties: Iterable[Company | Person | User]) -> None:
    """Save the people and companies that the sales name."""
    for party in parties:
        pipeline.put(party)


def work(pipeline: Pipeline) -> None:
    """Anna's morning: three steps that are possible, and one that is not."""
    heading("Anna's morning")
    mine = [sale for sale in pipeline.sales(owner="anna", status=Status.OPEN) if sale.type.around(sale.stage)[2]]
    for sale, action in zip(mine, (Next(), Revise(margin="40"), Assign("bob")), strict=False):
        after = pipeline.apply(sale, action)
        print(f"{sale.id} {sale.title}, {type(action).__name__}:")
        print(f"  before  {told(sale)}")
        print(f"  after   {told(after)}")
    sale = mine[-1]
    before_it_began = date(2024, 12, 31)
    try:
        pipeline.apply(sale, Sell("cheap", closed_on=before_it_began, value="999.995"))
    except Refused as refusal:
        print(f"\nNo: {refusal}")
    open_now = [str(offer) for offer in pipeline.available(sale) if offer.is_open]
    print(f"\nWhat {sale.id} can do instead: {'; '.join(open_now)}")


def told(sale: Sale) -> str:
    """A sale in a few words."""
    return f"{sale.owner}, {sale.stage_name}, {sale.probability} % of {sale.amount} {sale.currency}, cost {sale.cost}"


def look(sales: tuple[Sale, ...], today: date) -> None:
    """What is next, what is to be expected, and how good the firm is at selling."""
    rows = sorted(overview((s for s in sales if not s.is_closed), on=today), key=lambda row: row.next_activity)
    heading(f"Overview on {today}: the first 12 of {len(rows)} open and stalled sales, most urgent first")
    columns = ("id", "title", "status", "stage", "amount", "currency", "probability", "next_activity", "days_in_stage")
    print(text_table(rows[:12], (*columns, "overdue", "owner")))
    heading("Forecast of the open sales, by month and owner")
    print(forecast((sale for sale in sales if sale.status is Status.OPEN), by=("month", "owner")))
    print_win_rate(sales)


def print_win_rate(sales: Iterable[Sale]) -> None:
    """Print the share of sold sales among the closed ones."""
    found = win_rate(sales)
    heading("Win rate")
    print(f"{found.rounded()} %: {found.sold:,} sold and {found.lost:,} lost")


# With a CSV file.


def csv_job(csv: Path, store: Path) -> None:
    """A file of deals: read, stored, read again, and counted."""
    start = time.perf_counter()
    reading = read_csv(csv, maven_mapping.MAPPING, maven_mapping.catalog())
    heading(f"Report on {csv.name}")
    print(reading.report)
    with Pipeline.open(store, catalog=maven_mapping.catalog()) as pipeline:
        pipeline.save_all(reading.sales)
        put_all(pipeline, (*reading.companies, *reading.users))
    with Pipeline.open(store) as pipeline:
        sales = pipeline.sales()
    heading(f"{len(sales):,} sales stored and read again")
    same = {sale.id: sale for sale in sales} == {sale.id: sale for sale in reading.sales}
    print("every one is as it was" if same else "THEY DIFFER")
    count(sales)
    print(f"\nIn {time.perf_counter() - start:.1f} seconds")


def count(sales: tuple[Sale, ...]) -> None:
    """How the deals stand, what was won, and when."""
    heading("Deals")
    for name, number in deals(sales):
        print(f"{name:12} {number:>12,}")
    heading("Won value")
    won = [sale for sale in sales if sale.status is Status.SOLD]
    by_quarter = forecast(won, by="quarter")
    for cell in by_quarter:
        print(f"{cell.keys[0]:12} {cell.sold:>16,} {cell.currency}")
    for cell in by_quarter.total.values():
        print(f"{'in all':12} {cell.sold:>16,} {cell.currency}")
    print_win_rate(sales)


def deals(sales: tuple[Sale, ...]) -> Iterable[tuple[str, int]]:
    """The number of deals that are won, lost, and in each stage."""
    running = [sale for sale in sales if sale.status is Status.OPEN]
    yield "Won", sum(sale.status is Status.SOLD for sale in sales)
    yield "Lost", sum(sale.status is Status.LOST for sale in sales)
    for stage in reversed(maven_mapping.STAGES):
        yield stage.name, sum(sale.stage == stage.id for sale in running)


if __name__ == "__main__":
    main()
