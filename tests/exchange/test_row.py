"""Rows in every status, of every kind of type, and the reasons why they are rejected."""

from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any

import pytest
from attrs import evolve
from tests.exchange.furniture import CATALOG, faults, read, read_plain

from salespipeline.exchange import FileRow, SaleMapping, Template, amount, day, percent, text
from salespipeline.model.people import Company, Person, User
from salespipeline.model.sale import Sale
from salespipeline.model.standing import Standing, Status
from salespipeline.presets import business_central

STATUS = text(
    "status", values={"open": Status.OPEN, "stalled": Status.STALLED, "won": Status.SOLD, "lost": Status.LOST}
)

ALONE = "; read it in those rows alone, by read_for="


def one(file: str, **sources: Any) -> Sale:
    (sale,) = read_plain(file, **sources).sales
    return sale


def reasons(file: str, **sources: Any) -> list[tuple[str, str]]:
    return [(column, reason) for _, column, _, reason in faults(read_plain(file, **sources))]


def history(sale: Sale) -> list[tuple[str, str]]:
    return [(entry.action, entry.on.isoformat()) for entry in sale.history]


# What a row can say.


def test_an_open_row_is_registered_and_moved_to_its_stage() -> None:
    sale = one("id,stage,chance\nS-1,talking,55\n", stage=text("stage"), chance=percent("chance"))
    assert history(sale) == [("Register", "2024-03-01"), ("MoveTo", "2024-03-01")]
    assert (sale.stage, sale.chance, sale.expected_close) == ("talking", 55, date(2024, 3, 29))


def test_a_row_in_the_first_stage_needs_no_move() -> None:
    sale = one("id,stage,chance\nS-1,new,15\n", stage=text("stage"), chance=percent("chance"))
    assert (history(sale), sale.chance) == ([("Register", "2024-03-01")], 15)


def test_the_day_of_the_stage_can_be_told() -> None:
    sale = one("id,stage,since\nS-1,talking,2024-03-20\n", stage=text("stage"), staged_on=day("since"))
    assert history(sale) == [("Register", "2024-03-01"), ("MoveTo", "2024-03-20")]


def test_a_stalled_row_is_put_aside() -> None:
    sale = one(
        "id,status,why,since,until\nS-1,stalled,Budget,2024-04-02,2024-09-01\n",
        status=STATUS,
        reason=text("why"),
        stalled_on=day("since"),
        reopen_on=day("until"),
    )
    assert history(sale)[1:] == [("Stall", "2024-04-02")]
    assert (sale.reason, sale.reopen_on) == ("budget", date(2024, 9, 1))


def test_a_lost_row_takes_its_reason_from_the_lost_ones() -> None:
    sale = one(
        "id,status,why,done\nS-1,lost,too-late,2024-04-02\n", status=STATUS, reason=text("why"), closed_on=day("done")
    )
    assert (sale.status, sale.reason, sale.probability) == (Status.LOST, "too-late", 0)


def test_a_completed_row_is_ticked_off() -> None:
    ticked = text("ok", values={"yes": True, "no": False})
    file = "id,status,done,ok\nS-1,won,2024-04-02,yes\nS-2,won,2024-04-02,no\n"
    first, second = read_plain(file, status=STATUS, closed_on=day("done"), completed=ticked).sales
    assert (first.standing, second.standing) == (Standing.SOLD_COMPLETED, Standing.SOLD)


def test_every_other_field_goes_where_it_belongs() -> None:
    def year(row: FileRow) -> int:
        return int(row["n"][:4])

    sale = one(
        "id,n,net,cost,day,from,text\nS-1,2024/17,1000,600,2024-06-01,Fair,two words\n",
        number=text("n"),
        amount=amount("net"),
        cost=amount("cost"),
        expected_close=day("day"),
        source=text("from"),
        note=text("text"),
        description=Template("{text} ({n})"),
        project="P-7",
        custom={"memo": text("text"), "year": year},
    )
    assert (sale.amount, sale.cost, sale.margin) == (1000, 600, 40)
    assert (sale.card.number, sale.card.note, sale.card.description) == ("2024/17", "two words", "two words (2024/17)")
    assert (sale.expected_close, sale.origin.source, sale.project) == (date(2024, 6, 1), "fair", "P-7")
    assert dict(sale.custom.values) == {"memo": "two words", "year": 2024}


def test_a_type_without_stages_keeps_its_typed_chance() -> None:
    flat = evolve(CATALOG.types[0], id="flat", name="Flat", stages=())
    catalog = CATALOG.with_type(flat)
    file = "id,type,chance\nS-1,Flat,35\n"
    (sale,) = read_plain(file, catalog=catalog, type=text("type"), chance=percent("chance")).sales
    assert (sale.type.id, sale.stage, sale.chance) == ("flat", None, 35)


def test_a_process_of_single_steps_is_walked_through() -> None:
    catalog = business_central.catalog()
    kind = catalog.types[0]
    goal = kind.stages[1]
    mapping = SaleMapping(
        type=kind.id,
        id=text("id"),
        title="A deal",
        registered_on=date(2024, 3, 1),
        stage=goal.name,
        currency="JPY",
        amount="1500",
    )
    (sale,) = read("id\nS-1\n", mapping, catalog).sales
    assert [action for action, _ in history(sale)] == ["Register", "Start", "Next"]
    assert (sale.stage, sale.amount, sale.currency) == (goal.id, 1500, "JPY")


def test_the_currency_may_be_a_column_and_has_its_own_decimals() -> None:
    file = "id,cur,net\nS-1,KWD,1.125\nS-2,JPY,7\nS-3,XYZ,7\nS-4,JPY,7.5\n"
    reading = read_plain(file, currency=text("cur"), amount=amount("net"))
    assert [(str(sale.amount), sale.currency) for sale in reading.sales] == [("1.125", "KWD"), ("7", "JPY")]
    assert [(row, column) for row, column, _, _ in faults(reading)] == [(4, "cur"), (5, "net")]


def test_companies_persons_and_owners_may_be_given_as_values() -> None:
    company = Company("C-1", "Brimal")
    reading = read_plain("id\nS-1\n", company=company, person=Person("P-1", "Jo", "C-1"), owner=User("anna", "Anna"))
    assert (reading.sales[0].company, reading.sales[0].person, reading.sales[0].owner) == ("C-1", "P-1", "anna")
    assert reading.companies == (company,)


# What a row cannot say.


@pytest.mark.parametrize(
    ("cells", "fault"),
    [
        ("won,2024-02-28,,", ("done", "it is before the day it was registered")),
        ("won,,,", ("done", "a closed sale needs the day it closed on")),
        ("won,28/2/2024,,", ("done", "it is no day such as 2025-01-31")),
        (
            "open,2024-04-02,,",
            ("done", "it has a place only while the sale is sold or lost" + ALONE),
        ),
        (
            "open,,Price,",
            (
                "why",
                "it has a place only while the sale is sold or lost or stalled" + ALONE,
            ),
        ),
        ("lost,2024-04-02,Comfort,", ("why", "not in reasons; use one of 'Price', 'Too late'")),
        (
            "lost,2024-04-02,,100",
            ("net", "it has a place only while the sale is sold" + ALONE),
        ),
        (",,,", ("status", "a value is required")),
        ("gone,,,", ("status", "not in the mapping; use one of 'open', 'stalled', 'won', 'lost'")),
    ],
)
def test_a_row_that_contradicts_its_status_is_rejected(cells: str, fault: tuple[str, str]) -> None:
    sources = {"status": STATUS, "closed_on": day("done"), "reason": text("why"), "sold_for": amount("net")}
    assert reasons(f"id,status,done,why,net\nS-1,{cells}\n", **sources) == [fault]


def test_steps_come_in_order() -> None:
    found = reasons(
        "id,since,done\nS-1,2024-04-02,2024-04-01\n",
        stage="talking",
        staged_on=day("since"),
        status=Status.LOST,
        closed_on=day("done"),
    )
    assert found == [("done", "it is before the day it entered its stage")]


def test_an_unknown_stage_is_rejected_with_those_of_its_type() -> None:
    assert reasons("id,stage\nS-1,demo\n", stage=text("stage")) == [
        ("stage", "not in stages; use one of 'New', 'Talking'")
    ]


def test_a_retired_stage_and_a_retired_type_are_rejected_by_the_rules() -> None:
    talking = evolve(CATALOG.stages[1], retired=True)
    kind = evolve(CATALOG.types[0], stages=(CATALOG.stages[0], talking), retired=True)
    catalog = evolve(CATALOG, stages=kind.stages, types=(kind,))
    found = reasons("id,stage\nS-1,talking\n", catalog=catalog, stage=text("stage"))
    assert [column for column, _ in found] == ["stage", "type"]


@pytest.mark.parametrize(
    ("sources", "column"),
    [
        ({"title": text("x")}, "x"),
        ({"title": Template("{x}")}, "title"),
        ({"registered_on": day("x")}, "x"),
        ({"type": text("x")}, "x"),
        ({"company": text("x", required=True)}, "x"),
    ],
)
def test_what_every_sale_needs_is_missed_when_it_is_empty(sources: dict[str, Any], column: str) -> None:
    assert [found for found, _ in reasons("id,x\nS-1,\n", **sources)] == [column]


def test_a_percentage_beyond_a_hundred_is_rejected() -> None:
    assert reasons("id,c\nS-1,101\n", chance=percent("c"))[0][0] == "c"


def test_a_day_that_is_an_instant_is_rejected() -> None:
    found = reasons("id\nS-1\n", registered_on=datetime(2024, 3, 1, tzinfo=UTC))
    assert found == [("registered_on", "it is no day; give a datetime.date")]


def test_too_many_figures_are_rejected_once() -> None:
    found = reasons("id,a,c,m\nS-1,10,5,50\n", amount=amount("a"), cost=amount("c"), margin=percent("m"))
    assert len(found) == 1
    assert "together fix too much" in found[0][1]


def test_what_a_process_does_not_know_is_rejected() -> None:
    catalog = business_central.catalog()
    found = reasons("id\nS-1\n", catalog=catalog, type=catalog.types[0].id, status=Status.STALLED)
    ((column, reason),) = found
    assert column == ""
    assert "possible are: Start, Edit" in reason


def test_a_name_with_a_control_character_is_rejected() -> None:
    assert reasons('id,at\nS-1,"Bri\nmal"\n', company=text("at")) == [
        ("at", "take out the control character at position 3")
    ]


def test_money_keeps_its_exact_spelling() -> None:
    assert str(one("id,a\nS-1,0.1\n", amount=amount("a")).amount) == "0.10"
    assert one("id,a\nS-1,0.1\n", amount=amount("a")).amount == Decimal("0.1")
