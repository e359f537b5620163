"""A furniture seller's catalog and mapping, and a short way to read a few lines with them."""

from datetime import date
from io import BytesIO
from typing import Any

from attrs import evolve

from salespipeline.exchange import FileRow, Reading, SaleMapping, amount, day, read_csv, text
from salespipeline.model.catalog import Catalog
from salespipeline.model.item import items
from salespipeline.model.period import weeks
from salespipeline.model.sale_type import SaleType
from salespipeline.model.stage import Stage
from salespipeline.model.standing import Status
from salespipeline.presets import superoffice

STAGES = (Stage("new", "New", 10), Stage("talking", "Talking", 40))
DEAL = SaleType(
    id="deal",
    name="Deal",
    dialect=superoffice.DIALECT,
    stages=STAGES,
    duration=weeks(4),
    sold_reasons=items("Price", "Comfort"),
    lost_reasons=items("Price", "Too late"),
    stalled_reasons=items("Budget"),
)
CATALOG = Catalog(
    types=(DEAL,),
    stages=STAGES,
    sold_reasons=DEAL.sold_reasons,
    lost_reasons=DEAL.lost_reasons,
    stalled_reasons=DEAL.stalled_reasons,
    sources=items("Web site", "Fair"),
    products=items("Sofa Plus", "Sofa Minus", "Stool"),
)
STATUSES = {"Won": Status.SOLD, "Lost": Status.LOST, "Talking": Status.OPEN, "New": Status.OPEN}
CLOSED = (Status.SOLD, Status.LOST)


def title(row: FileRow) -> str:
    return f"{row['Product']} for {row['Client'] or 'nobody yet'}"


MAPPING = SaleMapping(
    type="deal",
    id=text("Deal"),
    title=title,
    owner=text("Rep"),
    company=text("Client", note_empty="open deal without a client", note_for=[Status.OPEN]),
    status=text("Phase", values=STATUSES),
    stage=text("Phase", values={"Won": "talking", "Lost": "talking", "Talking": "talking", "New": "new"}),
    registered_on=day("Started", otherwise=date(2024, 12, 31), note_empty="no first day"),
    closed_on=day("Ended", read_for=CLOSED),
    sold_for=amount("Value", read_for=[Status.SOLD]),
    custom={"product": text("Product", among="products")},
)

# One column a field: for tests of a single field.
PLAIN = SaleMapping(type="deal", id=text("id"), title="A sale", registered_on=date(2024, 3, 1))


def read(file: str | bytes, mapping: SaleMapping = MAPPING, catalog: Catalog = CATALOG, **options: Any) -> Reading:
    return read_csv(BytesIO(file.encode() if isinstance(file, str) else file), mapping, catalog, **options)


def read_plain(file: str, *, catalog: Catalog = CATALOG, **sources: Any) -> Reading:
    """Lines with an `id` and what else is mapped."""
    return read(file, evolve(PLAIN, **sources), catalog)


def faults(reading: Reading) -> list[tuple[int, str, str, str]]:
    """Every fault as (row, column, given, reason)."""
    return [(row, fault.column, fault.given, fault.reason) for row, found in reading.report.rejected for fault in found]
