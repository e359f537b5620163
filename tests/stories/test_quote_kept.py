"""A quote that is kept: saved, read again, undone, and looked back at."""

from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from pathlib import Path

import pytest
from attrs import evolve
from tests.stories.offering import DESK, active, favourite, prices, quote_of

from salespipeline import Action, Catalog, Conflict, Pipeline, Refused, Revise, Sale, Status
from salespipeline.presets import superoffice
from salespipeline.quoting import (
    AddAlternative,
    AddQuoteLine,
    Approve,
    CopyQuote,
    CreateQuote,
    DeleteQuote,
    EditAlternative,
    EditQuoteLine,
    Master,
    NewVersion,
    PlaceOrder,
    QuoteCheck,
    QuotePolicy,
    QuoteStanding,
    RequestApproval,
    SendQuote,
    Subscription,
    Validate,
)

POLICY = QuotePolicy(
    discount_on_total=True, max_discount=20, warns_of={QuoteCheck.BELOW_COST}, approvers={"ben"}, valid_days=14
)
JAN_7 = datetime(2025, 1, 7, 9, tzinfo=UTC)


def catalog() -> Catalog:
    return superoffice.catalog().with_type(evolve(superoffice.new_business(), quoting=POLICY))


def every_minute() -> Iterator[datetime]:
    """The minutes from nine o'clock on 7 January, one for each look at the clock."""
    at = JAN_7
    while True:
        yield at
        at += timedelta(minutes=1)


def desk(path: Path, user: str = "anna") -> Pipeline:
    return Pipeline.open(path, catalog=catalog(), user=user, clock=every_minute().__next__)


STORY: list[Action] = [
    CreateQuote(number="10046"),
    AddQuoteLine(evolve(DESK, minimum_price=8_000, vat=25), quantity=42, discount_percent="5.00"),
    AddQuoteLine("Support", quantity=2, list_price=100, cost=40, subscription=Subscription(12, "month")),
    AddQuoteLine("desk", price_list=prices(), quantity="1.5", total="12345.67", description="oak\noiled"),
    AddQuoteLine("Trip", quantity=1, cost=700, list_price=900, earning_percent="33.3333", extra={"km": 300}),
    AddQuoteLine("Rebate", quantity=-1, list_price=50, discount_amount="12.5", taxable=False, unit="piece"),
    AddQuoteLine("Loss", quantity=1, list_price=50, cost=60, earning_amount="-10", code="X-1", system_discount="7.5"),
    AddAlternative("Small", copy_of="ALT-1", description="half of it", discount_percent=3),
    EditAlternative("ALT-1", total=400_000),
    Validate(),
    RequestApproval("ben", comment="thin"),
    Approve("fine", by="ben"),
    SendQuote(follow_up=True, favourite_only=True, text="as agreed"),
    NewVersion(number="10047"),
    EditQuoteLine("L-2", quantity=40),
]
AFTER = [len(STORY[:number]) for number in range(len(STORY) + 1)]


def run(pipeline: Pipeline, steps: list[Action]) -> Sale:
    sale = pipeline.add("120 desks", type="new-business", currency="NOK")
    for step in steps:
        sale = pipeline.apply(sale, step)
    return sale


@pytest.mark.parametrize("number", AFTER)
def test_what_is_read_again_is_what_was_saved(tmp_path: Path, number: int) -> None:
    with desk(tmp_path / "s.jsonl") as pipeline:
        sale = run(pipeline, STORY[:number])
    with desk(tmp_path / "s.jsonl") as pipeline:
        again = pipeline.get(sale.id)
        assert (again, again.quote, again.quote_value) == (sale, sale.quote, sale.quote_value)
        assert again.activities == sale.activities


def test_what_was_typed_is_read_again_as_it_was_typed(tmp_path: Path) -> None:
    with desk(tmp_path / "s.jsonl") as pipeline:
        sale = run(pipeline, STORY)
    with desk(tmp_path / "s.jsonl") as pipeline:
        lines = quote_of(pipeline.get(sale.id)).version(1).alternative("ALT-1").lines
    assert [(line.master, str(line.typed)) for line in lines] == [
        (Master.DISCOUNT_PERCENT, "5.00"),
        (Master.NONE, "None"),
        (Master.TOTAL, "12345.67"),
        (Master.EARNING_PERCENT, "33.3333"),
        (Master.DISCOUNT_AMOUNT, "12.5"),
        (Master.EARNING_AMOUNT, "-10"),
    ]


def test_the_kept_story_comes_to_what_it_should(tmp_path: Path) -> None:
    with desk(tmp_path / "s.jsonl") as pipeline:
        run(pipeline, STORY)
    with desk(tmp_path / "s.jsonl") as pipeline:
        (sale,) = pipeline.sales()
    first, second = quote_of(sale).versions
    assert (first.standing, first.archived_from, first.valid_until) == (
        QuoteStanding.ARCHIVED,
        QuoteStanding.SENT,
        date(2025, 1, 21),
    )
    assert [line.total for line in first.alternative().lines[:3]] == [399_000, 2_400, Decimal("12345.67")]
    assert second.alternative().lines[0].total == 380_000
    assert (str(sale.amount), quote_of(sale).number) == ("400000.00", "10047")


def test_the_policy_of_a_type_is_kept_with_the_catalog(tmp_path: Path) -> None:
    desk(tmp_path / "s.jsonl").close()
    with Pipeline.open(tmp_path / "s.jsonl") as pipeline:
        assert pipeline.catalog.type("new-business").quote_policy == POLICY


def test_a_refusal_saves_nothing(tmp_path: Path) -> None:
    with desk(tmp_path / "s.jsonl") as pipeline:
        sale = run(pipeline, STORY[:2])
        before = len(pipeline.revisions(sale.id))
        for action in (SendQuote(), Revise(amount=1), AddQuoteLine("Lamp"), CreateQuote()):
            with pytest.raises(Refused):
                pipeline.apply(sale, action)
        assert (pipeline.get(sale.id), len(pipeline.revisions(sale.id))) == (sale, before)


def test_what_changes_nothing_saves_nothing(tmp_path: Path) -> None:
    with desk(tmp_path / "s.jsonl") as pipeline:
        sale = run(pipeline, STORY[:2])
        assert pipeline.apply(sale, EditQuoteLine("L-2", quantity=42)) is sale
        assert len(pipeline.revisions(sale.id)) == 3


def test_an_order_on_a_kept_quote_is_kept(tmp_path: Path) -> None:
    with desk(tmp_path / "s.jsonl") as pipeline:
        sale = run(pipeline, STORY[:-2])
        pipeline.apply(sale.id, PlaceOrder("ALT-8", number="PO-7", comment="both\nlines"))
    with desk(tmp_path / "s.jsonl") as pipeline:
        sold = pipeline.get(sale.id)
    order = quote_of(sold).order
    assert order is not None
    assert (sold.status, order.number, order.comment, order.alternative) == (
        Status.SOLD,
        "PO-7",
        "both\nlines",
        "ALT-8",
    )
    assert favourite(sold).name == "Small"


def test_a_quote_is_copied_from_one_kept_sale_to_another(tmp_path: Path) -> None:
    with desk(tmp_path / "s.jsonl") as pipeline:
        source = run(pipeline, STORY)
        other = pipeline.add("Chairs", type="new-business", currency="NOK")
        pipeline.apply(other, CopyQuote(quote_of(source), number="20001"))
    with desk(tmp_path / "s.jsonl") as pipeline:
        copy = pipeline.get(other.id)
        assert active(copy).alternatives == active(pipeline.get(source.id)).alternatives
        assert (copy.amount, active(copy).rank) == (400_000, 1)


def test_who_edits_the_same_quote_at_once_is_told(tmp_path: Path) -> None:
    with desk(tmp_path / "s.jsonl") as annas, desk(tmp_path / "s.jsonl", "ben") as bens:
        sale = run(annas, STORY[:2])
        bens.apply(sale.id, EditQuoteLine("L-2", quantity=1))
        with pytest.raises(Conflict):
            annas.apply(sale, EditQuoteLine("L-2", quantity=2))
        assert favourite(annas.apply(sale.id, EditQuoteLine("L-2", quantity=3))).lines[0].quantity == 3


# Undoing.


def offered(sale: Sale) -> object:
    """What is in the quote; how many ids were given is not undone."""
    return sale.quote and (sale.quote.versions, sale.quote.order, sale.quote.currency, sale.quote.sets_amount)


@pytest.mark.parametrize(
    ("steps", "last"),
    [
        (2, EditQuoteLine("L-2", quantity=1)),
        (2, AddAlternative("Small")),
        (2, DeleteQuote()),
        (1, STORY[1]),
        (0, STORY[0]),
        (10, STORY[10]),
        (12, STORY[12]),
        (13, NewVersion()),
        (13, PlaceOrder()),
    ],
    ids=lambda each: type(each).__name__ if isinstance(each, Action) else str(each),
)
def test_undoing_brings_the_quote_back_as_it_was(tmp_path: Path, steps: int, last: Action) -> None:
    with desk(tmp_path / "s.jsonl") as pipeline:
        before = run(pipeline, STORY[:steps])
        pipeline.apply(before, last)
        undone = pipeline.undo(before.id)
        assert (offered(undone), undone.amount, undone.cost) == (offered(before), before.amount, before.cost)
        assert pipeline.get(before.id) == undone


def test_a_line_added_after_undoing_has_a_new_id(tmp_path: Path) -> None:
    with desk(tmp_path / "s.jsonl") as pipeline:
        before = run(pipeline, STORY[:2])
        added = pipeline.apply(before, AddQuoteLine("Lamp", quantity=1))
        pipeline.undo(before.id)
        again = pipeline.apply(before.id, AddQuoteLine("Chair", quantity=1))
        ids = {line.id for sale in (added, again) for line in favourite(sale).lines}
        assert len(ids) == 3


# Looking back.


def test_the_amounts_of_another_day_are_those_of_the_quote_then(tmp_path: Path) -> None:
    with desk(tmp_path / "s.jsonl") as pipeline:
        sale = run(pipeline, [])
        for day, step in ((8, STORY[0]), (9, STORY[1]), (20, EditQuoteLine("L-2", quantity=1))):
            pipeline.apply(sale.id, step, on=date(2025, 1, day))
        seen = [pipeline.as_of(date(2025, 1, day))[0].amount for day in (7, 8, 9, 19, 20)]
    assert seen == [0, 0, 399_000, 399_000, 9_500]


def test_at_an_instant_the_quote_is_as_it_was_recorded_then(tmp_path: Path) -> None:
    with desk(tmp_path / "s.jsonl") as pipeline:
        run(pipeline, STORY)
        revisions = pipeline.revisions(pipeline.sales()[0].id)
        past = [pipeline.as_of(each.at)[0] for each in revisions]
    assert past == [each.sale for each in revisions]
    assert [sale.quote is None for sale in past] == [True] + [False] * len(STORY)
    assert [str(sale.amount) for sale in past[:3]] == ["0.00", "0.00", "399000.00"]
    assert [sale.quote.number for sale in past if sale.quote][-3:] == ["10046", "10047", "10047"]
