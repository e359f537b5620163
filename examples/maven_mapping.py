"""The columns of a public sample, 8,800 deals of a hardware seller, as fields of a sale.

The file has: opportunity_id, sales_agent, product, account, deal_stage, engage_date, close_date, close_value. It has
no currency, no reasons and, for deals still being prospected, no dates: what it lacks is supplied here.
"""

from datetime import date

from salespipeline import Catalog, SaleType, Stage, Status, items, months
from salespipeline.exchange import FileRow, SaleMapping, amount, day, text
from salespipeline.presets import superoffice

LAST_DAY = date(2017, 12, 31)  # of the file: the last day on which a deal closed

STAGES = (Stage("prospecting", "Prospecting", 10), Stage("engaging", "Engaging", 40))
CLOSED = (Status.SOLD, Status.LOST)


def catalog() -> Catalog:
    """The seller's lists: one kind of deal, two stages, seven products."""
    deal = SaleType(id="deal", name="Deal", dialect=superoffice.DIALECT, stages=STAGES, duration=months(3))
    return Catalog(
        types=(deal,),
        stages=STAGES,
        products=items(
            "GTX Basic", "GTX Pro", "MG Special", "MG Advanced", "GTX Plus Pro", "GTX Plus Basic", "GTK 500"
        ),
        currency="USD",
    )


def title(row: FileRow) -> str:
    """What a deal is called: the account, where there is one, and the product."""
    return " - ".join(filter(None, (row["account"], row["product"])))


MAPPING = SaleMapping(
    type="deal",
    id=text("opportunity_id"),
    title=title,
    owner=text("sales_agent"),
    company=text("account", note_empty="open deal without an account", note_for=[Status.OPEN]),
    status=text(
        "deal_stage",
        values={"Won": Status.SOLD, "Lost": Status.LOST, "Engaging": Status.OPEN, "Prospecting": Status.OPEN},
    ),
    # Only deals that are still being prospected have no day of engaging, so the closed ones had come that far.
    stage=text(
        "deal_stage",
        values={"Won": "engaging", "Lost": "engaging", "Engaging": "engaging", "Prospecting": "prospecting"},
    ),
    registered_on=day("engage_date", otherwise=LAST_DAY, note_empty="no day of engaging: registered on the last day"),
    closed_on=day("close_date", read_for=CLOSED),
    sold_for=amount("close_value", read_for=[Status.SOLD]),
    custom={"product": text("product", among="products")},
)
