"""The sample book: the same everywhere, varied, and made of sales that could have happened."""

import os
import subprocess
import sys
from collections import Counter
from collections.abc import Iterator
from datetime import date
from functools import cache
from itertools import pairwise

import pytest

from salespipeline.model.history import HistoryEntry
from salespipeline.model.sale import Sale
from salespipeline.model.standing import Standing, Status
from salespipeline.presets import sample
from salespipeline.presets.sample import Book

DIGEST = """
from hashlib import sha256
from salespipeline.presets import sample
book = sample.book(seed=3, sales=60)
told = repr((book.companies, book.persons, book.users, [(sale, sale.history) for sale in book.sales]))
print(sha256(told.encode()).hexdigest())
"""


@cache
def book() -> Book:
    return sample.book()


def digest(hash_seed: str) -> str:
    environment = {**os.environ, "PYTHONHASHSEED": hash_seed}
    return subprocess.run(
        [sys.executable, "-c", DIGEST], env=environment, capture_output=True, check=True, encoding="ascii"
    ).stdout


def steps(sale: Sale) -> Iterator[tuple[HistoryEntry, HistoryEntry]]:
    return pairwise(sale.history)


def stage_place(sale: Sale, entry: HistoryEntry) -> int:
    return [stage.id for stage in sale.type.stages].index(entry.position.stage) if entry.position.stage else -1


def test_it_is_the_same_in_processes_with_other_hash_seeds() -> None:
    assert digest("0") == digest("4242")


def test_it_is_the_same_on_every_version_of_python() -> None:
    """What was drawn on one version is drawn on every other: figures in the documents are made from it."""
    first, last = book().sales[0], book().sales[-1]
    assert (first.id, first.title, first.owner, str(first.amount)) == (
        "S-10001",
        "23 reception counters",
        "carla",
        "1538.00",
    )
    assert (last.id, last.title, last.owner, str(last.amount)) == ("S-10200", "58 office chairs", "anna", "15137.16")
    assert sum(len(sale.history) for sale in book().sales) == 1118


def test_another_seed_gives_another_book() -> None:
    assert sample.book(seed=8, sales=5).sales != sample.book(seed=7, sales=5).sales


@pytest.mark.parametrize("size", [0, 1, 25])
def test_it_has_as_many_sales_as_asked_for(size: int) -> None:
    made = sample.book(sales=size)
    assert len({sale.id for sale in made.sales}) == size
    assert made.catalog == book().catalog


def test_every_history_begins_with_registering_and_its_days_rise_within_the_year() -> None:
    for sale in book().sales:
        days = [entry.on for entry in sale.history]
        assert sale.history[0].action == "Register"
        assert days == sorted(days)
        assert date(2025, 1, 1) <= days[0] <= days[-1] <= book().today


def test_every_history_ends_where_the_sale_stands() -> None:
    for sale in book().sales:
        last = sale.history[-1]
        assert (last.state.standing, last.position.stage, last.figures) == (sale.standing, sale.stage, sale.figures)


def test_every_change_is_by_somebody_of_the_book() -> None:
    users = {user.id for user in book().users}
    assert {entry.by for sale in book().sales for entry in sale.history} <= users


def test_its_sales_name_companies_and_persons_of_the_book() -> None:
    companies = {company.id for company in book().companies}
    employer = {person.id: person.company for person in book().persons}
    for sale in book().sales:
        assert sale.company in companies
        assert sale.person is not None
        assert employer[sale.person] == sale.company


def test_every_status_occurs_and_some_closed_sales_are_completed() -> None:
    standings = Counter(sale.standing for sale in book().sales)
    assert {standing.status for standing in standings} == set(Status)
    assert standings[Standing.SOLD_COMPLETED] > 5
    assert standings[Standing.LOST_COMPLETED] > 5


def test_every_type_and_four_currencies_occur() -> None:
    assert {sale.type.id for sale in book().sales} == {kind.id for kind in book().catalog.types}
    assert {sale.figures.digits for sale in book().sales} == {0, 2, 3}
    assert {sale.currency for sale in book().sales} == {"EUR", "USD", "JPY", "KWD"}


def test_sales_move_back_as_well_as_forward() -> None:
    moves = Counter(
        stage_place(sale, after) > stage_place(sale, before)
        for sale in book().sales
        for before, after in steps(sale)
        if stage_place(sale, after) != stage_place(sale, before)
    )
    assert moves[False] >= 10
    assert moves[True] > 5 * moves[False]


@pytest.mark.parametrize(
    "action", ["Next", "Previous", "MoveTo", "Revise", "Stall", "Resume", "Sell", "Lose", "Reopen"]
)
def test_every_kind_of_step_occurs(action: str) -> None:
    assert any(entry.action == action for sale in book().sales for entry in sale.history)


def test_expected_days_are_pushed_amounts_revised_and_chances_typed() -> None:
    pairs = [pair for sale in book().sales for pair in steps(sale)]
    assert sum(after.terms.expected_close > before.terms.expected_close for before, after in pairs) > 50
    assert sum(after.figures != before.figures for before, after in pairs) > 20
    typed = [after for before, after in pairs if after.action == "Revise" and after.position != before.position]
    assert len(typed) > 20


def test_sales_change_hands() -> None:
    assert sum(len({entry.parties.owner for entry in sale.history}) > 1 for sale in book().sales) > 10


def test_its_figures_are_like_life() -> None:
    closed = Counter(sale.status for sale in sample.book(sales=1000).sales if sale.is_closed)
    amounts = sorted(sale.amount for sale in book().sales if sale.currency == "EUR")
    assert 45 <= 100 * closed[Status.SOLD] / closed.total() <= 65
    assert sum(amounts) / len(amounts) > 2 * amounts[len(amounts) // 2]  # few sales are large
    assert all(0 < sale.cost < sale.amount * 2 for sale in book().sales)


def test_some_open_sales_are_overdue() -> None:
    overdue = [sale for sale in book().sales if sale.status is Status.OPEN and sale.expected_close < book().today]
    assert 3 <= len(overdue) <= 30
