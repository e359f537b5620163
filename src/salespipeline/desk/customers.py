"""Companies that become customers: by ordering, where that is asked for, and by a sale that is won."""

from collections.abc import Iterable, Iterator
from typing import Any

from attrs import evolve

from salespipeline.codec import decode_party, encode_party
from salespipeline.model.action import KEEP, Action, Moment
from salespipeline.model.people import Company
from salespipeline.model.problem import Problem
from salespipeline.model.rule import Check
from salespipeline.model.sale import Sale
from salespipeline.model.standing import Standing, Status
from salespipeline.storage.base import Change, Expect, Record, Storage


def with_customer(action: Action, sale: Sale, storage: Storage) -> Action:
    """An order with the sale's own company as the customer, as it is stored, where no other is given."""
    ordering: Any = action
    if getattr(ordering, "customer", None) is not KEEP:
        return action
    record = _stored(sale, storage)
    return action if record is None else evolve(ordering, customer=_company(record))


def won_from_known(storage: Storage) -> Check:
    """A guard: where winning makes the company a customer, that company is there (Business Central, A.6.1).

    A storage without companies does not keep them, and makes none a customer.
    """

    def check(sale: Sale, action: Action, moment: Moment) -> Iterator[Problem]:
        if Standing.SOLD not in getattr(action, "brings", ()) or not sale.type.quote_policy.needs_customer:
            return
        if sale.company is not None and _stored(sale, storage) is None and _given(action) is None:
            known = [record.id for record in storage.scan("company")]
            if known:
                yield Problem("unknown-entry", "company", sale.company, known)

    return check


def new_customers(steps: Iterable[tuple[Sale, Action, Sale]], storage: Storage) -> tuple[list[Change], list[Expect]]:
    """What a commit writes and expects besides sales before and after an action: who is a customer from now on.

    That is the company of a sale that was won, where orders need a customer (A.6.1), and of an order that says so.
    """
    made: dict[str, tuple[Change, Expect]] = {}
    for before, action, after in steps:
        given = _given(action)
        if given is None and not _is_newly_won(before, after):
            continue
        record = _stored(after, storage)
        company = given if record is None else _company(record)
        if company is not None and not (record is not None and company.is_customer):
            made[company.id] = _written(evolve(company, is_customer=True), record)
    return [change for change, _ in made.values()], [expect for _, expect in made.values()]


def _is_newly_won(before: Sale, after: Sale) -> bool:
    won = after.status is Status.SOLD and before.status is not Status.SOLD
    return won and after.type.quote_policy.needs_customer


def _given(action: Action) -> Company | None:
    """The company that an order makes a customer, if it does; the rules say that it is the sale's."""
    company = getattr(action, "customer", None) if getattr(action, "make_customer", False) is True else None
    return company if isinstance(company, Company) else None


def _stored(sale: Sale, storage: Storage) -> Record | None:
    return None if sale.company is None else storage.read("company", sale.company)


def _company(record: Record) -> Company:
    return decode_party(Company, record.id, record.body)


def _written(company: Company, before: Record | None) -> tuple[Change, Expect]:
    body = encode_party(company, before.body if before else None)
    expect = Expect(kind="company", id=company.id, revision=before.revision if before else None)
    return Change(kind="company", id=company.id, body=body), expect
