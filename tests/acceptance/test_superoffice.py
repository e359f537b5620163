"""What a SuperOffice user expects of the library, told at a desk from the reference alone (sections 1 to 9, 12)."""

from collections.abc import Iterable
from datetime import UTC, date, datetime
from decimal import ROUND_HALF_UP, Decimal
from itertools import combinations
from typing import Unpack

import pytest
from attrs import evolve

from salespipeline import (
    Action,
    ActivityKind,
    AddActivity,
    Assign,
    BrokenTable,
    BulkRefused,
    Catalog,
    ChangeType,
    Complete,
    CompleteActivity,
    Edit,
    Lose,
    MemoryStorage,
    MoveTo,
    Next,
    Pipeline,
    Plan,
    Previous,
    Refused,
    Reopen,
    Revise,
    Sale,
    SalesGuide,
    SaleType,
    Sell,
    Stage,
    Stall,
    Status,
    Uncomplete,
    User,
    Visibility,
    auto_suggestion,
    available,
    document,
    follow_up,
    register,
)
from salespipeline.insight import (
    Summary,
    advance_offer,
    converted,
    days_in_stage,
    diary,
    forecast,
    grouped,
    guide_view,
    is_overdue,
    neighbours,
    next_activity,
    overview,
    reminders,
    summary,
    without_completed,
)
from salespipeline.model.actions import Delete
from salespipeline.model.currency import Money
from salespipeline.model.numbering import Numbering
from salespipeline.model.rates import MissingRate, Rate, Rates, convert_all
from salespipeline.pipeline import Options
from salespipeline.presets import superoffice
from salespipeline.quoting import (
    AddAlternative,
    AddQuoteLine,
    Alternative,
    CreateQuote,
    EditAlternative,
    EditQuoteLine,
    Line,
    Master,
    NewVersion,
    QuotePolicy,
    QuoteStanding,
    SendQuote,
    Severity,
    Validate,
)
from salespipeline.rules.access import EVERYTHING, Right, Rights, is_visible, permitted, readable

JAN_7 = date(2025, 1, 7)
NEW = "new-business"

pending_targets = pytest.mark.skip(reason="pending: targets")


def clock() -> datetime:
    return datetime(2025, 1, 7, 9, 30, tzinfo=UTC)


def desk(store: MemoryStorage | None = None, **options: Unpack[Options]) -> Pipeline:
    """Anna's desk on 7 January 2025, unless it is somebody else's."""
    given: Options = {"catalog": superoffice.catalog(), "clock": clock, "user": "anna"}
    given.update(options)
    return Pipeline.open("memory:" if store is None else store, **given)


@pytest.fixture
def pipeline() -> Pipeline:
    return desk()


def after(pipeline: Pipeline, sale: Sale, *steps: Action) -> Sale:
    """The sale after these steps, each saved."""
    for step in steps:
        sale = pipeline.apply(sale, step)
    return sale


def two_decimals(percent: Decimal | None) -> str:
    """A percentage as the card shows it."""
    return "" if percent is None else str(percent.quantize(Decimal("0.01"), ROUND_HALF_UP))


def codes(refused: Refused) -> list[str]:
    return [problem.code for problem in refused.problems]


# Section 12: money and probability.


def test_so_s01_6550_less_1500_is_5050_or_77_10_percent(pipeline: Pipeline) -> None:
    sale = pipeline.add("Desks", type=NEW, amount=6550, cost=1500)
    assert (str(sale.profit), two_decimals(sale.margin)) == ("5050.00", "77.10")


def test_so_s02_150_without_cost_is_all_profit(pipeline: Pipeline) -> None:
    sale = pipeline.add("Desks", type=NEW, amount=150)
    assert (str(sale.cost), str(sale.profit), two_decimals(sale.margin)) == ("0.00", "150.00", "100.00")


def test_so_s04_a_profit_of_50_percent_halves_6550(pipeline: Pipeline) -> None:
    sale = pipeline.apply(pipeline.add("Desks", type=NEW, amount=6550, cost=1500), Revise(margin=50))
    assert [sale.amount, sale.profit, sale.cost] == [6550, 3275, 3275]


@pytest.mark.parametrize(
    ("stage", "percent"),
    [
        ("lead", 1),
        ("first-meeting", 20),
        ("proposal", 30),
        ("second-meeting", 50),
        ("short-list", 80),
        ("verbal-acceptance", 90),
    ],
)
def test_so_s06_a_stage_sets_its_probability(pipeline: Pipeline, stage: str, percent: int) -> None:
    elsewhere = "proposal" if stage == "lead" else "lead"
    sale = pipeline.apply(pipeline.add("Desks", type=NEW, stage=elsewhere), MoveTo(stage))
    assert sale.probability == percent


def test_so_s07_a_stage_of_90_percent_with_100_typed(pipeline: Pipeline) -> None:
    sale = pipeline.add("Desks", type=NEW, stage="verbal-acceptance", amount=1250)
    typed = pipeline.apply(sale, Revise(chance=100))
    stage = pipeline.catalog.stage(str(typed.stage))
    assert [stage.chance, typed.probability, typed.weighted] == [90, 100, 1250]


def test_so_s08_20_percent_of_432000_kroner_is_86400(pipeline: Pipeline) -> None:
    sale = pipeline.add("Desks", type=NEW, stage="first-meeting", amount=432_000, currency="NOK")
    assert (sale.weighted, sale.currency) == (86_400, "NOK")


def test_so_s09_stalling_keeps_second_meeting_and_50_percent(pipeline: Pipeline) -> None:
    sale = pipeline.apply(pipeline.add("Desks", type=NEW, stage="second-meeting"), Stall())
    assert (sale.status, sale.stage_name, sale.probability) == (Status.STALLED, "Second Meeting", 50)


def test_so_s09_a_stalled_sale_cannot_change_its_stage(pipeline: Pipeline) -> None:
    sale = pipeline.apply(pipeline.add("Desks", type=NEW, stage="second-meeting"), Stall())
    for move in (MoveTo("proposal"), Next(), Previous()):
        assert pipeline.problems(sale, move)


def test_so_s10_sold_on_7_january_at_100_percent_without_reason(pipeline: Pipeline) -> None:
    sale = pipeline.apply(pipeline.add("Desks", type=NEW), Sell())
    assert (sale.sale_date, sale.probability, sale.reason) == (date(2025, 1, 7), 100, None)


def test_so_s11_lost_on_7_january_at_0_percent(pipeline: Pipeline) -> None:
    sale = pipeline.apply(pipeline.add("Desks", type=NEW), Lose())
    assert (sale.sale_date, sale.probability) == (date(2025, 1, 7), 0)


def test_so_s13_setting_several_as_sold_completes_none(pipeline: Pipeline) -> None:
    sales = [pipeline.add(title, type=NEW) for title in ("one", "two")]
    sold = pipeline.apply_all(sales, Sell())
    assert [(sale.status, sale.is_completed) for sale in sold] == [(Status.SOLD, False)] * 2


# Section 12: dates.


def test_so_t01_three_months_from_7_january_is_7_april(pipeline: Pipeline) -> None:
    assert pipeline.add("Desks", type=NEW).sale_date == date(2025, 4, 7)


def test_so_t02_without_follow_ups_the_sale_date_is_the_next_activity(pipeline: Pipeline) -> None:
    (row,) = overview([pipeline.add("Desks", type=NEW)], on=JAN_7)
    assert row.next_activity == date(2025, 4, 7)


def test_so_t03_a_sale_sold_in_2020_is_listed_by_that_day_and_never_red(pipeline: Pipeline) -> None:
    sale = pipeline.add("Desks", type=NEW, on=date(2020, 1, 7))
    (row,) = overview([pipeline.apply(sale, Sell(), on=date(2020, 6, 17))], on=JAN_7)
    assert (row.next_activity, row.overdue) == (date(2020, 6, 17), False)


def test_so_t04_an_open_sale_of_2018_is_red_in_2020_and_a_stalled_one_is_not(pipeline: Pipeline) -> None:
    day = date(2018, 9, 1)
    late = pipeline.add("Late", type=NEW, on=day, expected_close=date(2018, 12, 7))
    aside = pipeline.add("Aside", type=NEW, on=day, expected_close=date(2018, 11, 21))
    aside = pipeline.apply(aside, Stall(), on=day)
    assert [row.overdue for row in overview([late, aside], on=date(2020, 6, 30))] == [True, False]


def quoted(pipeline: Pipeline, *steps: Action, kind: str = NEW) -> Sale:
    """A sale in kroner with quote 10046, after these steps."""
    sale = pipeline.add("Desks", type=kind, currency="NOK")
    return after(pipeline, sale, CreateQuote(number="10046"), *steps)


def favourite(sale: Sale) -> Alternative:
    """The alternative that the sale is worth."""
    assert sale.quote is not None
    return sale.quote.favourite


def line_of(sale: Sale) -> Line:
    """The first line of the favourite."""
    return favourite(sale).lines[0]


def sent_on_3_april() -> Sale:
    pipeline = desk(clock=lambda: datetime(2025, 4, 3, 9, tzinfo=UTC))
    line = AddQuoteLine("Desk", quantity=42, list_price=10_000, cost=5_000)
    return quoted(pipeline, line, Validate(), SendQuote(follow_up=True))


def test_so_t07_a_quote_of_30_days_sent_on_3_april_is_valid_to_3_may() -> None:
    sale = sent_on_3_april()
    assert sale.quote is not None
    (follow,) = [each for each in sale.activities if each.kind is ActivityKind.FOLLOW_UP]
    assert (sale.quote.active.sent_on, sale.quote.active.valid_until) == (date(2025, 4, 3), date(2025, 5, 3))
    assert follow.due == date(2025, 5, 1)


def test_so_t08_a_quote_expires_at_the_end_of_its_last_day() -> None:
    quote = sent_on_3_april().quote
    assert quote is not None
    shown = [quote.active.label(date(2025, 5, day)) for day in (3, 4)]
    assert shown == ["sent", "sent - expired"]


# Section 12: currency and sums.


RATES = Rates("EUR", [Rate("GBP", "1.562"), Rate("NOK", "12.677", unit=100)])


def test_so_c01_a_rate_is_of_a_unit_of_the_foreign_currency() -> None:
    pounds, kroner = Money(Decimal(1), "GBP"), Money(Decimal(100), "NOK")
    rates = desk(catalog=evolve(superoffice.catalog(), rates=RATES)).catalog.rates
    assert convert_all([pounds], "EUR", rates, on=JAN_7).value == Decimal("1.562")
    assert convert_all([kroner], "EUR", rates, on=JAN_7).value == Decimal("12.677")


def test_so_c02_1000_kroner_are_126_77_euros() -> None:
    pipeline = desk(catalog=evolve(superoffice.catalog(), rates=RATES))
    sale = pipeline.add("Desks", type=NEW, currency="NOK", amount=1_000)
    seen = forecast([sale], by=())
    worth = {code: converted(seen, code, pipeline.catalog.rates, on=JAN_7).total for code in ("EUR", "GBP", "NOK")}
    assert {code: cell.rounded("open_amount") for code, cell in worth.items()} == {
        "EUR": Decimal("126.77"),
        "GBP": Decimal("81.16"),
        "NOK": Decimal("1000.00"),
    }


def test_a_currency_without_a_rate_is_not_summed_as_if_it_were_another() -> None:
    """1.4: SuperOffice leaves such an amount as it is; here it raises or, leniently, is listed with its sale."""
    pipeline = desk(catalog=evolve(superoffice.catalog(), rates=RATES))
    sales = [pipeline.add("Desks", type=NEW, currency=code, amount=1_000) for code in ("NOK", "USD")]
    with pytest.raises(MissingRate, match="'USD'"):
        converted(forecast(sales), "EUR", pipeline.catalog.rates, on=JAN_7)
    whole = converted(forecast(sales), "EUR", pipeline.catalog.rates, on=JAN_7, lenient=True)
    assert whole.total.open_amount == Decimal("126.77")
    assert [(cell.currency, cell.open_amount, cell.sales) for cell in whole.unpriced] == [("USD", 1_000, (sales[1],))]


def shares(pipeline: Pipeline, stage: str, amount: int, number: int) -> list[Sale]:
    """So many sales in a stage, that are worth so much together."""
    each = amount // number
    amounts = [each] * (number - 1) + [amount - each * (number - 1)]
    return [pipeline.add("Desks", type=NEW, stage=stage, amount=worth) for worth in amounts]


def test_so_c05_open_sales_by_stage_add_up(pipeline: Pipeline) -> None:
    lead = [pipeline.add("Desks", type=NEW, stage="lead", amount=worth) for worth in (6_800, 48_000, 60_000)]
    sales = [
        *shares(pipeline, "first-meeting", 682_195, 12),
        *lead,
        *shares(pipeline, "proposal", 305_250, 4),
        *shares(pipeline, "second-meeting", 30_213, 2),
        *shares(pipeline, "short-list", 60_350, 3),
        *shares(pipeline, "verbal-acceptance", 65_000, 1),
    ]
    groups = grouped(overview(sales, on=JAN_7), "stage")
    assert [(group.key, group.amounts["EUR"], len(group.rows)) for group in groups] == [
        ("First Meeting", 682_195, 12),
        ("Lead", 114_800, 3),
        ("Proposal", 305_250, 4),
        ("Second Meeting", 30_213, 2),
        ("Short List", 60_350, 3),
        ("Verbal Acceptance", 65_000, 1),
    ]
    (everything,) = grouped(overview(pipeline.sales(), on=JAN_7), lambda row: "all")
    assert (everything.amounts, len(everything.rows)) == ({"EUR": 1_257_808}, 25)


def test_so_c06_open_and_sold_sales_of_a_company_add_up(pipeline: Pipeline) -> None:
    pipeline.add("Desks", type=NEW, amount=3_000)
    pipeline.add("Chairs", type=NEW, amount=1_213)
    pipeline.apply_all(shares(pipeline, "lead", 692_751, 18), Sell())
    rows = overview(pipeline.sales(), on=JAN_7)
    by_status = {group.key: group.amounts["EUR"] for group in grouped(rows, "status")}
    assert by_status == {Status.OPEN: 4_213, Status.SOLD: 692_751}
    (everything,) = grouped(rows, "currency")
    assert (everything.amounts["EUR"], len(everything.rows)) == (696_964, 20)


# Section 12: quotes.


def figures(line: Line) -> list[str]:
    """Sum, discount, total, cost and earning as amounts, then both percentages as the line shows them."""
    amounts = (line.subtotal, line.discount_amount, line.total, line.total_cost, line.earning_amount)
    percents = (line.discount_percent, line.earning_percent)
    return [f"{amount:.2f}" for amount in amounts] + [two_decimals(percent) for percent in percents]


TEN_AT_13 = AddQuoteLine("Desk", quantity=10, list_price=13, cost=10, discount_percent=10)


def test_so_q01_ten_at_13_less_10_percent_are_117(pipeline: Pipeline) -> None:
    line = line_of(quoted(pipeline, TEN_AT_13))
    assert figures(line) == ["130.00", "13.00", "117.00", "100.00", "17.00", "10.00", "14.53"]


def test_so_q02_a_hundred_keep_the_discount_of_10_percent(pipeline: Pipeline) -> None:
    line = line_of(quoted(pipeline, TEN_AT_13, EditQuoteLine("L-2", quantity=100)))
    assert figures(line) == ["1300.00", "130.00", "1170.00", "1000.00", "170.00", "10.00", "14.53"]


def test_so_q03_a_discount_of_100_typed_makes_1200(pipeline: Pipeline) -> None:
    edits = (EditQuoteLine("L-2", quantity=100), EditQuoteLine("L-2", discount_amount=100))
    line = line_of(quoted(pipeline, TEN_AT_13, *edits))
    assert figures(line) == ["1300.00", "100.00", "1200.00", "1000.00", "200.00", "7.69", "16.67"]
    assert line.master is Master.DISCOUNT_AMOUNT


def test_so_q05_42_at_10000_less_5_percent_earn_47_37_percent(pipeline: Pipeline) -> None:
    sale = quoted(pipeline, AddQuoteLine("Desk", quantity=42, list_price=10_000, cost=5_000, discount_percent=5))
    expected = ["420000.00", "21000.00", "399000.00", "210000.00", "189000.00", "5.00", "47.37"]
    assert figures(line_of(sale)) == expected
    assert (str(sale.amount), str(sale.profit), two_decimals(sale.margin)) == ("399000.00", "189000.00", "47.37")


def test_so_q06_the_favourite_alternative_is_the_amount_of_the_sale(pipeline: Pipeline) -> None:
    lines = [
        AddQuoteLine(what, quantity=number, list_price=price)
        for what, number, price in (("Desk", 42, 10_000), ("Lamp", 1, 2_000), ("Assembly", 1, 10_000))
    ]
    small = AddQuoteLine("Desk", alternative="ALT-5", quantity=4, list_price=10_000)
    sale = quoted(pipeline, *lines, AddAlternative("Small"), small)
    assert (favourite(sale).total, str(sale.amount), sale.currency) == (432_000, "432000.00", "NOK")


def with_discounts_on_the_total() -> Catalog:
    kind = evolve(superoffice.new_business(), id="projects", quoting=QuotePolicy(discount_on_total=True))
    return superoffice.catalog().with_type(kind)


def test_so_q07_a_discount_of_2_percent_on_three_line_totals() -> None:
    lines = [AddQuoteLine("Part", quantity=1, list_price=worth) for worth in (6_125, 8_000, 16_000)]
    projects = desk(catalog=with_discounts_on_the_total())
    sale = quoted(projects, *lines, EditAlternative(discount_percent=2), kind="projects")
    whole = favourite(sale)
    assert [str(whole.discount_amount), str(whole.total), str(sale.amount)] == ["602.50", "29522.50", "29522.50"]
    assert whole.total.quantize(Decimal(1), ROUND_HALF_UP) == 29_523


def test_so_q08_two_at_3200_less_4_3_percent_are_6124_80(pipeline: Pipeline) -> None:
    sale = quoted(pipeline, AddQuoteLine("Desk", quantity=2, list_price=3_200, discount_percent="4.3"))
    assert line_of(sale).total == Decimal("6124.80")
    assert line_of(sale).total.quantize(Decimal(1), ROUND_HALF_UP) == 6_125


def test_so_q09_a_line_below_the_minimum_price_is_flagged(pipeline: Pipeline) -> None:
    line = AddQuoteLine("Desk", quantity=50, list_price=3_000, minimum_price=3_200, discount_percent=10)
    sale = quoted(pipeline, line, Validate())
    assert sale.quote is not None
    flagged = [(found.code, found.severity, found.line) for found in sale.quote.active.findings]
    assert (line_of(sale).total, flagged) == (135_000, [("below-minimum-price", Severity.INFO, "L-2")])


ONE_AT_13 = AddQuoteLine("Desk", quantity=1, list_price=13, system_discount=10)
Q10 = (ONE_AT_13, EditQuoteLine("L-2", quantity=10))
Q11 = (*Q10, EditQuoteLine("L-2", list_price=14, system_discount=12))


def test_so_q10_a_system_discount_is_copied_to_the_line(pipeline: Pipeline) -> None:
    line = line_of(quoted(pipeline, *Q10))
    assert [line.discount_amount, line.discount_percent, line.total] == [13, 10, 117]
    assert line.master is Master.NONE


def test_so_q11_a_new_system_discount_is_followed(pipeline: Pipeline) -> None:
    line = line_of(quoted(pipeline, *Q11))
    assert [line.discount_amount, line.discount_percent, line.total] == [Decimal("16.80"), 12, Decimal("123.20")]
    assert line.master is Master.NONE


def test_so_q12_a_typed_discount_is_kept_beside_the_system_one(pipeline: Pipeline) -> None:
    line = line_of(quoted(pipeline, *Q11, EditQuoteLine("L-2", discount_percent=10)))
    assert [line.system_discount, line.system_discount_amount] == [12, Decimal("16.80")]
    assert [line.discount_amount, line.total] == [14, 126]
    assert line.master is Master.DISCOUNT_PERCENT


def test_so_q13_an_earning_of_20_percent_is_of_the_total(pipeline: Pipeline) -> None:
    line = line_of(quoted(pipeline, AddQuoteLine("Desk", quantity=1, list_price=150, cost=100, earning_percent=20)))
    assert [line.total, line.earning_amount, line.earning_percent] == [125, 25, 20]


def test_so_q15_editing_a_sent_quote_makes_a_new_version(pipeline: Pipeline) -> None:
    sale = quoted(pipeline, TEN_AT_13, Validate(), SendQuote(), NewVersion(number="10047"), Validate(), SendQuote())
    quote = pipeline.apply(sale, NewVersion(number="10048")).quote
    assert quote is not None
    assert [(each.rank, each.number, each.standing, each.archived_from) for each in quote.versions] == [
        (1, "10046", QuoteStanding.ARCHIVED, QuoteStanding.SENT),
        (2, "10047", QuoteStanding.ARCHIVED, QuoteStanding.SENT),
        (3, "10048", QuoteStanding.NOT_CALCULATED, None),
    ]
    assert (quote.number, quote.standing.is_draft) == ("10048", True)


# Section 12: guides.

STAGES = (
    Stage("first", "First meeting", 20),
    Stage("quote", "Quotation", 50),
    Stage("sign", "Signing of contract", 80),
)
TUTORIAL = SalesGuide.of(
    ("first", [follow_up("Customer meeting", kind="meeting"), document("Meeting confirmation")]),
    ("quote", [follow_up("Quotation preparation", kind="task"), document("Quotation")]),
    (
        "sign",
        [
            follow_up("Set up contract meeting", kind="call"),
            follow_up("Contract meeting", kind="meeting", auto=True),
            document("Signed contract"),
        ],
    ),
)


def tutorial() -> Catalog:
    kind = evolve(superoffice.new_business(), id="tutorial", name="Tutorial", stages=STAGES, guide=TUTORIAL)
    return superoffice.catalog().with_type(kind)


def marks(sale: Sale) -> dict[str, str]:
    """The stage buttons of the guide tab."""
    view = guide_view(sale)
    assert view is not None
    return {row.name: row.mark for row in view.stages}


def test_so_g01_the_walk_from_the_first_meeting_to_the_completed_sale() -> None:
    pipeline = desk(catalog=tutorial())
    sale = pipeline.add("Desks", type="tutorial")
    assert marks(sale) == {"First meeting": "current", "Quotation": "open", "Signing of contract": "open"}

    sale = after(pipeline, sale, Plan("customer-meeting"), Plan("meeting-confirmation"), CompleteActivity("A-1"))
    assert advance_offer(sale) == Next()

    sale = after(
        pipeline, sale, Next(), Plan("quotation-preparation"), Plan("quotation"), CompleteActivity("A-3"), Next()
    )
    assert marks(sale) == {"First meeting": "ticked", "Quotation": "ticked", "Signing of contract": "current"}

    sale = after(pipeline, sale, Plan("set-up-contract-meeting"), CompleteActivity("A-5"))
    offered = auto_suggestion(sale, "A-5")
    assert offered is not None
    assert offered.name == "Contract meeting"

    sale = after(pipeline, sale, Plan(offered), CompleteActivity("A-6"), Plan("signed-contract"), Sell(), Complete())
    assert (sale.status, sale.is_completed, sale.probability) == (Status.SOLD, True, 100)
    assert all(activity.is_done for activity in pipeline.get(sale.id).activities)


def six_stages() -> SaleType:
    """The stages of the demo database under a guide that suggests something in First Meeting alone."""
    guide = SalesGuide.of(("first-meeting", [follow_up("Prepare"), follow_up("Meet", kind="meeting")]))
    return evolve(superoffice.new_business(), id="six", name="Six stages", guide=guide)


@pytest.fixture
def in_first_meeting() -> tuple[Pipeline, Sale]:
    pipeline = desk(catalog=superoffice.catalog().with_type(six_stages()))
    return pipeline, pipeline.apply(pipeline.add("Desks", type="six"), MoveTo("first-meeting"))


def test_so_g02_in_first_meeting_lead_is_ticked_and_the_rest_open(in_first_meeting: tuple[Pipeline, Sale]) -> None:
    assert list(marks(in_first_meeting[1]).values()) == ["ticked", "current", "open", "open", "open", "open"]


def test_so_g03_after_the_last_follow_up_the_question_is_proposal(in_first_meeting: tuple[Pipeline, Sale]) -> None:
    pipeline, sale = in_first_meeting
    sale = after(pipeline, sale, Plan("prepare"), Plan("meet"), CompleteActivity("A-1"), CompleteActivity("A-2"))
    offer = advance_offer(sale)
    assert offer is not None
    assert sale.stage == "first-meeting"
    assert pipeline.apply(sale, offer).stage == "proposal"


def test_so_g04_the_guides_rows_return_with_what_was_done(in_first_meeting: tuple[Pipeline, Sale]) -> None:
    pipeline, sale = in_first_meeting
    sale = after(pipeline, sale, Plan("prepare"), CompleteActivity("A-1"))
    away = pipeline.apply(sale, ChangeType(pipeline.catalog.type(NEW)))
    assert guide_view(away) is None
    assert [activity.title for activity in away.activities] == ["Prepare"]
    back = guide_view(pipeline.apply(away, ChangeType(pipeline.catalog.type("six"))))
    assert back is not None
    row = next(row for stage in back.stages for row in stage.follow_ups if row.suggestion.id == "prepare")
    assert [activity.is_done for activity in row.activities] == [True]


@pending_targets
def test_so_g06_a_group_target_may_differ_from_the_sum_of_its_users() -> None: ...


def test_so_g07_from_10001_the_nineteenth_record_is_10019() -> None:
    pipeline = numbered("AUR")
    numbers = [pipeline.add("Desks", type=NEW).number for _ in range(19)]
    assert (numbers[0], numbers[18]) == ("10001", "10019")


# Section 1.6: the number, by the switches Allocate, Unique, Read only and allow Blank.


def numbered(switches: str, store: MemoryStorage | None = None) -> Pipeline:
    return desk(store, catalog=evolve(superoffice.catalog(), numbering=Numbering(switches, first=10001)))


ALL = ["", "A", "AU", "AUR", "AURB", "AUB", "AR", "U", "UB", "RB", "R"]
ALLOCATED = [switches for switches in ALL if "A" in switches]
TYPED = ["", "A", "AU", "AUB", "U", "UB"]
FIXED = ["AUR", "AURB", "AR", "RB", "R"]
UNIQUE_TYPED = ["AU", "AUB", "U", "UB"]
EVERY = ["".join(some) for length in range(5) for some in combinations("AURB", length)]


def filled(pipeline: Pipeline, title: str = "Desks") -> Sale:
    """A sale with a number, whether the series gives it or somebody types it."""
    if pipeline.catalog.numbering.allocates:
        return pipeline.add(title, type=NEW)
    return pipeline.add(title, type=NEW, number=f"N-{len(pipeline.sales()) + 1}")


def refused_edit(pipeline: Pipeline, sale: Sale, number: str) -> list[str]:
    with pytest.raises(Refused) as caught:
        pipeline.apply(sale, Edit(number=number))
    return [problem.field for problem in caught.value.problems]


@pytest.mark.parametrize("switches", ALL)
def test_there_are_eleven_combinations(switches: str) -> None:
    assert numbered(switches).catalog.numbering == Numbering(switches, first=10001)


@pytest.mark.parametrize("switches", sorted(set(EVERY) - set(ALL)))
def test_the_other_five_mean_nothing_and_are_refused(switches: str) -> None:
    with pytest.raises(BrokenTable) as caught:
        Numbering(switches)
    assert all(repr(known) in str(caught.value) for known in ALL)


@pytest.mark.parametrize("switches", ["X", "AA", "AUX", "A U"])
def test_a_switch_that_there_is_not_is_refused(switches: str) -> None:
    with pytest.raises(BrokenTable):
        Numbering(switches)


@pytest.mark.parametrize("switches", ALLOCATED)
def test_an_allocated_number_is_the_next_of_the_series(switches: str) -> None:
    pipeline = numbered(switches)
    assert [pipeline.add("Desks", type=NEW).number for _ in range(3)] == ["10001", "10002", "10003"]


@pytest.mark.parametrize("switches", ["", "UB", "RB"])
def test_without_allocation_a_new_sale_has_no_number(switches: str) -> None:
    pipeline = numbered(switches)
    assert [pipeline.add("Desks", type=NEW).number for _ in range(3)] == ["", "", ""]


@pytest.mark.parametrize("switches", TYPED)
def test_a_number_that_is_not_read_only_may_be_changed(switches: str) -> None:
    pipeline = numbered(switches)
    assert pipeline.apply(filled(pipeline), Edit(number="MINE")).number == "MINE"


@pytest.mark.parametrize("switches", TYPED)
def test_a_number_that_is_not_read_only_may_be_typed_at_once(switches: str) -> None:
    assert numbered(switches).add("Desks", type=NEW, number="MINE").number == "MINE"


@pytest.mark.parametrize("switches", FIXED)
def test_a_read_only_number_cannot_be_typed(switches: str) -> None:
    with pytest.raises(Refused) as caught:
        numbered(switches).add("Desks", type=NEW, number="MINE")
    assert [problem.field for problem in caught.value.problems] == ["number"]


@pytest.mark.parametrize("switches", FIXED)
def test_a_read_only_number_cannot_be_changed(switches: str) -> None:
    pipeline = numbered(switches)
    assert refused_edit(pipeline, pipeline.add("Desks", type=NEW), "MINE") == ["number"]


@pytest.mark.parametrize("switches", ["AUR", "AURB", "AR"])
def test_a_read_only_number_that_was_allocated_cannot_be_emptied(switches: str) -> None:
    pipeline = numbered(switches)
    assert refused_edit(pipeline, pipeline.add("Desks", type=NEW), "") == ["number"]


@pytest.mark.parametrize("switches", FIXED)
def test_with_a_read_only_number_the_rest_can_be_edited(switches: str) -> None:
    pipeline = numbered(switches)
    sale = pipeline.add("Desks", type=NEW)
    edited = pipeline.apply(sale, Edit(title="Chairs", number=sale.number))
    assert (edited.title, edited.number) == ("Chairs", sale.number)


@pytest.mark.parametrize("switches", UNIQUE_TYPED)
def test_a_unique_number_is_not_changed_to_that_of_another_sale(switches: str) -> None:
    pipeline = numbered(switches)
    first, second = filled(pipeline), filled(pipeline)
    assert refused_edit(pipeline, second, first.number) == ["number"]


@pytest.mark.parametrize("switches", UNIQUE_TYPED)
def test_a_unique_number_is_not_typed_twice(switches: str) -> None:
    pipeline = numbered(switches)
    first = filled(pipeline)
    with pytest.raises(Refused):
        pipeline.add("Chairs", type=NEW, number=first.number)


@pytest.mark.parametrize("switches", ["", "A"])
def test_a_number_that_need_not_be_unique_may_stand_twice(switches: str) -> None:
    pipeline = numbered(switches)
    first, second = filled(pipeline), filled(pipeline)
    assert pipeline.apply(second, Edit(number=first.number)).number == first.number


@pytest.mark.parametrize("switches", ["AU", "U"])
def test_one_sale_alone_may_be_blank(switches: str) -> None:
    pipeline = numbered(switches)
    first, second = filled(pipeline), filled(pipeline)
    assert pipeline.apply(first, Edit(number="")).number == ""
    assert refused_edit(pipeline, second, "") == ["number"]


@pytest.mark.parametrize("switches", ["U", "R"])
def test_where_one_may_be_blank_a_second_new_sale_without_number_is_refused(switches: str) -> None:
    pipeline = numbered(switches)
    pipeline.add("Desks", type=NEW)
    with pytest.raises(Refused) as caught:
        pipeline.add("Chairs", type=NEW)
    assert codes(caught.value) == ["number-from-outside" if switches == "R" else "number-required"]


@pytest.mark.parametrize("switches", ["AUB", "UB"])
def test_any_sale_may_be_blank_where_blanks_are_allowed(switches: str) -> None:
    pipeline = numbered(switches)
    blanks = [pipeline.apply(filled(pipeline), Edit(number="")) for _ in range(3)]
    assert [sale.number for sale in blanks] == ["", "", ""]


@pytest.mark.parametrize("switches", ["AU", "AUB"])
def test_the_series_steps_over_a_number_that_somebody_typed(switches: str) -> None:
    pipeline = numbered(switches)
    pipeline.add("Desks", type=NEW, number="10001")
    assert pipeline.add("Chairs", type=NEW).number == "10002"


def test_two_desks_draw_from_one_series() -> None:
    store = MemoryStorage()
    first = numbered("AUR", store)
    second = desk(store.another(), user="bob")
    drawn = [which.add("Desks", type=NEW).number for which in (first, second, second, first)]
    assert drawn == ["10001", "10002", "10003", "10004"]


def test_a_number_that_was_given_is_not_given_again_after_deletion() -> None:
    pipeline = numbered("AUR")
    pipeline.delete(pipeline.add("Desks", type=NEW))
    assert pipeline.add("Chairs", type=NEW).number == "10002"


def test_a_refused_sale_uses_no_number_up() -> None:
    pipeline = numbered("AUR")
    with pytest.raises(Refused):
        pipeline.add("", type=NEW)
    assert pipeline.add("Desks", type=NEW).number == "10001"


@pytest.mark.parametrize("typed", ["SAME", ""])
def test_a_bulk_edit_gives_no_two_sales_the_same_unique_number(typed: str) -> None:
    pipeline = numbered("AU")
    with pytest.raises(BulkRefused):
        pipeline.apply_all([filled(pipeline), filled(pipeline)], Edit(number=typed))


def test_two_desks_do_not_type_the_same_unique_number() -> None:
    store = MemoryStorage()
    first = numbered("U", store)
    mine, other = first.add("Desks", type=NEW, number="1"), first.add("Chairs", type=NEW, number="2")
    second = desk(store.another(), user="bob")
    first.apply(mine, Edit(number="9"))
    with pytest.raises(Refused):
        second.apply(second.get(other.id), Edit(number="9"))


def from_outside(pipeline: Pipeline, number: str) -> Sale:
    """A sale that another program made, with a number of its own."""
    kind = pipeline.catalog.type(NEW)
    return register(kind, id="OUT-1", title="Lamps", on=JAN_7, currency="EUR", number=number)


def test_ar_does_not_check_what_comes_from_outside() -> None:
    pipeline = numbered("AR")
    number = filled(pipeline).number
    assert pipeline.save(from_outside(pipeline, number)).number == number


@pytest.mark.parametrize("switches", ["AU", "AUR", "AURB", "AUB", "U", "UB"])
def test_u_checks_what_comes_from_outside(switches: str) -> None:
    pipeline = numbered(switches)
    number = filled(pipeline).number
    with pytest.raises(Refused):
        pipeline.save(from_outside(pipeline, number))


def test_a_sale_from_outside_gets_a_number_when_it_is_truly_saved() -> None:
    pipeline = numbered("AUR")
    assert pipeline.save(from_outside(pipeline, "")).number == "10001"


def test_where_nobody_types_a_number_another_counter_can_set_it() -> None:
    pipeline = numbered("RB")
    assert pipeline.save(from_outside(pipeline, "ERP-77")).number == "ERP-77"


# Section 1.1: visible for.

ANNA = User("anna", "Anna", "north")
BEN = User("ben", "Ben", "north")
EVE = User("eve", "Eve", "south")
TEAM = (ANNA, BEN, EVE)


def office(store: MemoryStorage) -> Pipeline:
    """Anna's desk in a firm with two groups."""
    pipeline = desk(store)
    pipeline.put_all(TEAM)
    return pipeline


@pytest.mark.parametrize(
    ("visibility", "seen_by"),
    [
        (Visibility.ALL, ["anna", "ben", "eve"]),
        (Visibility.GROUP, ["anna", "ben"]),
        (Visibility.OWNER, ["anna"]),
    ],
)
def test_a_sale_is_visible_for_everybody_its_group_or_its_owner(visibility: Visibility, seen_by: list[str]) -> None:
    sale = office(MemoryStorage()).add("Desks", type=NEW, visibility=visibility)
    assert [user.id for user in TEAM if is_visible(sale, user)] == seen_by


def test_a_new_sale_is_visible_for_all_with_its_owners_group() -> None:
    sale = office(MemoryStorage()).add("Desks", type=NEW)
    assert (sale.card.visibility, sale.parties.group) == (Visibility.ALL, "north")


def test_a_sale_that_is_given_away_takes_the_new_owners_group() -> None:
    pipeline = office(MemoryStorage())
    sale = pipeline.apply(pipeline.add("Desks", type=NEW, visibility=Visibility.GROUP), Assign("eve"))
    assert [user.id for user in TEAM if is_visible(sale, user)] == ["eve"]


def test_tasks_go_along_to_an_owner_who_has_a_group() -> None:
    pipeline = office(MemoryStorage())
    sale = pipeline.apply(pipeline.add("Desks", type=NEW), AddActivity("Call", kind="call"))
    assert pipeline.apply(sale, Assign("ben", move_tasks=True)).activities[0].owner == "ben"


# Section 8: rights.


def desk_of(store: MemoryStorage, user: User, rights: Rights) -> Pipeline:
    return desk(store.another(), user=user.id, guards=[permitted(user, rights)])


STANDARD = Rights(own=Right.DELETE, group=Right.UPDATE, others=Right.READ)


@pytest.fixture
def annas() -> tuple[MemoryStorage, Sale]:
    """A sale of Anna's, in the group north, that everybody may see."""
    store = MemoryStorage()
    return store, office(store).add("Desks", type=NEW)


@pytest.mark.parametrize(("user", "may"), [(ANNA, True), (BEN, True), (EVE, False)], ids=["own", "group", "others"])
def test_a_sale_is_changed_as_far_as_the_rights_go(annas: tuple[MemoryStorage, Sale], user: User, may: bool) -> None:
    store, sale = annas
    pipeline = desk_of(store, user, STANDARD)
    assert bool(pipeline.problems(sale.id, Edit(note="seen"))) is not may
    assert bool(pipeline.problems(sale.id, Sell())) is not may


@pytest.mark.parametrize(("user", "may"), [(ANNA, True), (BEN, False), (EVE, False)], ids=["own", "group", "others"])
def test_a_sale_is_deleted_by_those_with_the_right_to(annas: tuple[MemoryStorage, Sale], user: User, may: bool) -> None:
    store, sale = annas
    pipeline = desk_of(store, user, STANDARD)
    if may:
        pipeline.delete(sale.id)
        assert pipeline.sales() == ()
    else:
        with pytest.raises(Refused, match="delete"):
            pipeline.delete(sale.id)


def test_who_may_not_delete_is_told_which_right_it_takes(annas: tuple[MemoryStorage, Sale]) -> None:
    store, sale = annas
    with pytest.raises(Refused) as caught:
        desk_of(store, BEN, STANDARD).delete(sale.id)
    (problem,) = caught.value.problems
    told = dict(problem.params)
    assert (told["user"], told["held"], told["right"], told["relation"]) == ("ben", "update", "delete", "group")


def test_whether_deleting_is_to_be_shown_can_be_asked_before(annas: tuple[MemoryStorage, Sale]) -> None:
    store, sale = annas
    assert desk_of(store, ANNA, STANDARD).problems(sale.id, Delete()) == ()


@pytest.mark.parametrize(("right", "may"), [(Right.READ, False), (Right.CREATE, True), (Right.UPDATE, True)])
def test_making_a_sale_takes_the_right_to_create(right: Right, may: bool) -> None:
    store = MemoryStorage()
    office(store)
    pipeline = desk_of(store, BEN, Rights(own=right))
    if may:
        assert pipeline.add("Chairs", type=NEW).owner == "ben"
    else:
        with pytest.raises(Refused):
            pipeline.add("Chairs", type=NEW)


def test_a_sale_for_somebody_else_takes_the_right_over_theirs() -> None:
    store = MemoryStorage()
    office(store)
    pipeline = desk_of(store, EVE, STANDARD)
    with pytest.raises(Refused):
        pipeline.add("Chairs", type=NEW, owner="anna")


def test_the_owner_decides_whose_sale_it_is(annas: tuple[MemoryStorage, Sale]) -> None:
    store, sale = annas
    mine = desk_of(store, ANNA, STANDARD)
    mine.apply(sale.id, Assign("eve"))
    assert mine.problems(sale.id, Edit(note="still mine?"))
    assert not desk_of(store, EVE, STANDARD).problems(sale.id, Edit(note="mine"))


def test_private_sales_of_others_cannot_be_read_or_changed_whatever_the_rights() -> None:
    store = MemoryStorage()
    sale = office(store).add("Secret", type=NEW, visibility=Visibility.OWNER)
    pipeline = desk_of(store, BEN, EVERYTHING)
    assert readable(pipeline.sales(), BEN, EVERYTHING) == ()
    assert pipeline.problems(sale.id, Edit(note="seen"))
    with pytest.raises(Refused):
        pipeline.delete(sale.id)


@pytest.mark.parametrize(
    ("rights", "number"),
    [(Rights(group=Right.NONE, others=Right.NONE), 1), (Rights(others=Right.NONE), 2), (Rights(), 3)],
)
def test_everybody_reads_what_their_rights_reach(rights: Rights, number: int) -> None:
    pipeline = office(MemoryStorage())
    for owner in ("anna", "ben", "eve"):
        pipeline.add("Desks", type=NEW, owner=owner)
    assert len(readable(pipeline.sales(), ANNA, rights)) == number


def test_completed_sales_are_read_only_whatever_the_rights(annas: tuple[MemoryStorage, Sale]) -> None:
    store, sale = annas
    pipeline = desk_of(store, ANNA, EVERYTHING)
    for step in (Sell(), Complete()):
        pipeline.apply(sale.id, step)
    for action in (Edit(note="late"), Revise(amount=1), Assign("ben"), Reopen(), Lose(), AddActivity("Call")):
        assert pipeline.problems(sale.id, action)
    assert pipeline.apply(pipeline.apply(sale.id, Uncomplete()), Edit(note="late")).note == "late"


def test_completed_sales_offer_nothing_but_the_ticks_removal(pipeline: Pipeline) -> None:
    sale = pipeline.add("Desks", type=NEW)
    sale = after(pipeline, sale, Sell(), Complete())
    assert [offer.action for offer in available(sale, on=JAN_7) if offer.is_open] == [Uncomplete]


def test_only_sold_or_lost_sales_are_completed(pipeline: Pipeline) -> None:
    sale = pipeline.add("Desks", type=NEW)
    assert pipeline.problems(sale, Complete())
    assert pipeline.problems(pipeline.apply(sale, Stall()), Complete())


# Section 2.4: completed means done with it.


def completed_with_a_call_to_come(pipeline: Pipeline) -> Sale:
    reminded = datetime(2025, 1, 10, 9, tzinfo=UTC)
    sale = pipeline.add("Desks", type=NEW)
    sale = after(
        pipeline, sale, AddActivity("Call", kind="call", due=date(2025, 1, 10), reminder=reminded), Sell(), Complete()
    )
    return sale


def test_a_completed_sale_is_gone_from_the_diary(pipeline: Pipeline) -> None:
    assert diary([completed_with_a_call_to_come(pipeline)], on=date(2025, 1, 10)) == ()


def test_a_completed_sale_is_gone_from_the_reminders(pipeline: Pipeline) -> None:
    assert reminders([completed_with_a_call_to_come(pipeline)], until=datetime(2025, 2, 1, tzinfo=UTC)) == ()


def test_a_sold_sale_stays_in_the_diary_until_it_is_completed(pipeline: Pipeline) -> None:
    sale = pipeline.apply(pipeline.add("Desks", type=NEW), Sell())
    assert [row.sale.id for row in diary([sale], on=JAN_7)] == [sale.id]


# Section 6.3: the summary of the first quarter, as seen on 15 February.


def day_of(pipeline: Pipeline, title: str, day: date, *, amount: int = 1_000) -> Sale:
    """An open sale in First Meeting, made the year before, that is expected on a day."""
    made = date(2024, 6, 1)
    return pipeline.add(title, type=NEW, stage="first-meeting", on=made, expected_close=day, amount=amount)


def the_book(pipeline: Pipeline) -> list[Sale]:
    sold = day_of(pipeline, "sold in January", date(2025, 6, 1), amount=700)
    lost = day_of(pipeline, "lost in March", date(2025, 6, 1))
    earlier = day_of(pipeline, "sold last year", date(2025, 2, 1))
    stalled = day_of(pipeline, "stalled", date(2025, 3, 1))
    return [
        pipeline.apply(sold, Sell(), on=date(2025, 1, 31)),
        pipeline.apply(lost, Lose(), on=date(2025, 3, 31)),
        pipeline.apply(earlier, Sell(), on=date(2024, 12, 31)),
        pipeline.apply(stalled, Stall(date(2025, 9, 1)), on=JAN_7),
        day_of(pipeline, "overdue from last year", date(2024, 12, 31)),
        day_of(pipeline, "overdue from New Year", date(2025, 1, 1)),
        day_of(pipeline, "due today", date(2025, 2, 15)),
        day_of(pipeline, "due at the end", date(2025, 3, 31)),
        day_of(pipeline, "next quarter", date(2025, 4, 1)),
    ]


def quarter(sales: Iterable[Sale], *, stalled: bool = False) -> Summary:
    since, until = date(2025, 1, 1), date(2025, 3, 31)
    return summary(sales, since=since, until=until, on=date(2025, 2, 15), stalled=stalled)


@pytest.mark.parametrize(
    ("bucket", "titles"),
    [
        ("sold", ["sold in January"]),
        ("lost", ["lost in March"]),
        ("open", ["overdue from New Year", "due today", "due at the end"]),
        ("previous_overdue", ["overdue from last year"]),
        ("current_overdue", ["overdue from New Year"]),
        ("future_open", ["next quarter"]),
    ],
)
def test_each_sale_of_the_summary_is_in_its_bucket(pipeline: Pipeline, bucket: str, titles: list[str]) -> None:
    shown = quarter(the_book(pipeline))._asdict()
    assert [sale.title for sale in shown[bucket].sales] == titles


def test_stalled_sales_are_outside_of_the_summary_unless_asked_for(pipeline: Pipeline) -> None:
    book = the_book(pipeline)
    without, included = quarter(book), quarter(book, stalled=True)
    assert not any(sale.title == "stalled" for bucket in without for sale in bucket.sales)
    assert "stalled" in [sale.title for sale in included.open.sales]


def test_a_bucket_counts_adds_up_and_weighs(pipeline: Pipeline) -> None:
    shown = quarter(the_book(pipeline))
    assert (shown.open.number, shown.open.amounts, shown.open.weighted) == (3, {"EUR": 3_000}, {"EUR": 600})
    assert (shown.sold.number, shown.sold.amounts) == (1, {"EUR": 700})
    assert (shown.lost.number, shown.lost.amounts) == (1, {"EUR": 1_000})


def test_a_summary_keeps_currencies_apart(pipeline: Pipeline) -> None:
    for code in ("NOK", "EUR"):
        pipeline.add("Desks", type=NEW, amount=100, currency=code, expected_close=date(2025, 3, 1))
    assert quarter(pipeline.sales()).open.amounts == {"EUR": 100, "NOK": 100}


def test_whatever_is_open_before_the_period_is_in_the_summary(pipeline: Pipeline) -> None:
    sale = day_of(pipeline, "before the period", date(2025, 3, 1))
    shown = summary([sale], since=date(2025, 4, 1), until=date(2025, 6, 30), on=date(2025, 2, 15))
    assert shown.previous_overdue.number == 1


# Sections 1.1 and 2.2: stage when closed, sale cycle, days in stage.


def test_a_closed_sale_remembers_the_stage_it_closed_in(pipeline: Pipeline) -> None:
    sale = pipeline.add("Desks", type=NEW, stage="short-list")
    sold = pipeline.apply(sale, Sell())
    lost = pipeline.apply(sold, Lose())
    opened = pipeline.apply(lost, Reopen())
    assert [each.stage_when_closed for each in (sale, sold, lost, opened)] == [None, "short-list", "short-list", None]


def test_the_sale_cycle_is_of_the_present_close_and_empty_while_open(pipeline: Pipeline) -> None:
    sale = pipeline.add("Desks", type=NEW)
    sold = pipeline.apply(sale, Sell(), on=date(2025, 1, 17))
    lost = pipeline.apply(sold, Lose(), on=date(2025, 1, 31))
    opened = pipeline.apply(lost, Reopen(), on=date(2025, 2, 1))
    again = pipeline.apply(opened, Sell(), on=date(2025, 2, 7))
    assert [each.days_to_close for each in (sale, sold, lost, opened, again)] == [None, 10, 24, None, 31]


def test_reopening_takes_up_the_stage_with_its_probability(pipeline: Pipeline) -> None:
    sold = pipeline.apply(pipeline.add("Desks", type=NEW, stage="short-list"), Sell())
    opened = pipeline.apply(sold, Reopen())
    assert (opened.status, opened.stage, opened.probability) == (Status.OPEN, "short-list", 80)


def test_days_in_stage_are_all_days_in_the_present_stage(pipeline: Pipeline) -> None:
    sale = pipeline.add("Desks", type=NEW, stage="proposal", on=date(2025, 1, 1))
    sale = pipeline.apply(sale, MoveTo("short-list"), on=date(2025, 1, 11))
    sale = pipeline.apply(sale, MoveTo("proposal"), on=date(2025, 1, 14))
    assert days_in_stage(sale, date(2025, 1, 20)) == 10 + 6
    sold = pipeline.apply(sale, Sell(), on=date(2025, 1, 24))
    assert [days_in_stage(sold, day) for day in (date(2025, 1, 24), date(2026, 1, 1))] == [20, 20]


def test_the_list_has_a_column_of_days_in_stage(pipeline: Pipeline) -> None:
    sale = pipeline.add("Desks", type=NEW, on=date(2025, 1, 1))
    (row,) = overview([sale], on=date(2025, 1, 31))
    assert row.days_in_stage == 30


# Section 7: red, previous and next, skip completed.


def test_today_is_not_overdue_and_the_red_can_be_switched_off(pipeline: Pipeline) -> None:
    sale = pipeline.add("Desks", type=NEW, expected_close=date(2025, 4, 7))
    assert [is_overdue(sale, day) for day in (date(2025, 4, 7), date(2025, 4, 8))] == [False, True]
    assert [row.overdue for row in overview([sale], on=date(2025, 4, 8), mark_overdue=False)] == [False]


def test_a_forgotten_follow_up_makes_the_row_red(pipeline: Pipeline) -> None:
    sale = pipeline.apply(pipeline.add("Desks", type=NEW), AddActivity("Call", kind="call", due=date(2025, 1, 10)))
    assert (next_activity(sale), is_overdue(sale, date(2025, 1, 11))) == (date(2025, 1, 10), True)


def list_of_four(pipeline: Pipeline) -> list[Sale]:
    """Four sales by title, the second of them completed."""
    sales = [pipeline.add(title, type=NEW) for title in ("D", "C", "B", "A")]
    done = pipeline.apply(pipeline.apply(sales[1], Sell()), Complete())
    return [sales[0], done, sales[2], sales[3]]


def around(sales: list[Sale], at: int, *, skip: bool = False) -> list[str | None]:
    found = neighbours(sales, sales[at].id, skip_completed=skip)
    return [sale.title if sale else None for sale in (found.previous, found.next)]


def test_previous_and_next_go_in_the_order_of_the_list(pipeline: Pipeline) -> None:
    sales = list_of_four(pipeline)
    assert [around(sales, at) for at in range(4)] == [[None, "C"], ["D", "B"], ["C", "A"], ["B", None]]


def test_previous_and_next_skip_completed_sales_when_asked_to(pipeline: Pipeline) -> None:
    sales = list_of_four(pipeline)
    assert [around(sales, at, skip=True) for at in range(4)] == [[None, "B"], ["D", "B"], ["D", "A"], ["B", None]]


def test_searching_skips_completed_sales_when_asked_to(pipeline: Pipeline) -> None:
    list_of_four(pipeline)
    assert [sale.title for sale in without_completed(pipeline.sales())] == ["D", "B", "A"]


# Section 9: history.


def test_the_history_begins_at_creation_and_has_the_state_after_each_save(pipeline: Pipeline) -> None:
    sale = pipeline.add("Desks", type=NEW, amount=100)
    sale = after(pipeline, sale, MoveTo("proposal"), Revise(amount=250), Stall(), Sell(), Complete())
    seen = [
        (entry.stage_name, entry.state.standing.status, entry.position.probability, entry.figures.amount)
        for entry in pipeline.get(sale.id).history
    ]
    assert seen == [
        ("Lead", Status.OPEN, 1, 100),
        ("Proposal", Status.OPEN, 30, 100),
        ("Proposal", Status.OPEN, 30, 250),
        ("Proposal", Status.STALLED, 30, 250),
        ("Proposal", Status.SOLD, 100, 250),
        ("Proposal", Status.SOLD, 100, 250),
    ]


def test_the_history_says_who_and_when() -> None:
    store = MemoryStorage()
    sale = desk(store).add("Desks", type=NEW, on=date(2025, 1, 2))
    sale = desk(store.another(), user="ben").apply(sale.id, Next(), on=date(2025, 1, 5))
    assert [(entry.by, entry.on) for entry in sale.history] == [("anna", date(2025, 1, 2)), ("ben", date(2025, 1, 5))]


def test_every_save_leaves_a_snapshot_of_the_whole_sale() -> None:
    store = MemoryStorage()
    pipeline = desk(store)
    sale = pipeline.add("Desks", type=NEW)
    sale = after(pipeline, sale, Edit(note="called"), Next(), Edit(title="Chairs"))
    bodies = [str(revision.body) for revision in store.past("sale", sale.id)]
    assert ["called" in body for body in bodies] == [False, True, True, True]
    assert ["Chairs" in body for body in bodies] == [False, False, False, True]
