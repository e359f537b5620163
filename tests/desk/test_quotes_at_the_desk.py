"""What only a desk can know of quotes and orders: who is a customer, and which sale a document is linked to."""

import shutil
from collections.abc import Iterable
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any, Unpack

import pytest
from attrs import evolve
from tests.desk.desks import Desk, clock
from tests.storage.processes import Processes, processes

from salespipeline import (
    Action,
    BulkRefused,
    Company,
    Conflict,
    Details,
    Document,
    DocumentKind,
    Edit,
    InvalidValue,
    JsonStorage,
    Lose,
    MemoryStorage,
    Person,
    Pipeline,
    Refused,
    Sale,
    Sell,
    Start,
    Status,
    apply,
    register,
)
from salespipeline.exchange import export_document, import_document
from salespipeline.presets import business_central
from salespipeline.quoting import (
    AddQuoteLine,
    CancelOrder,
    CopyQuote,
    CreateQuote,
    DeleteQuote,
    LinkQuote,
    PlaceOrder,
    PostInvoice,
    UnlinkQuote,
)
from salespipeline.storage.base import Change, Commit, Expect

__all__ = ["processes"]

CATALOG = business_central.catalog()
LARGE = CATALOG.type("ex-large")
TODAY, CLOSE = date(2025, 1, 7), date(2025, 2, 7)
ACME, OTHER = Company("acme", "Acme"), Company("other", "Other")
CUSTOMER = evolve(ACME, is_customer=True)
ANN = Person("ann", "Ann", "acme")
ORDER = PlaceOrder(reason="PRICE_W")
WON = Sell("PRICE_W", value=500)
GOLDEN = Path(__file__).parents[1] / "golden" / "store-v1.jsonl"


@pytest.fixture
def bc(desk: Desk) -> Desk:
    """A desk of Business Central's cycles; opened again, it is a second desk at the same store."""

    def opened(**options: Any) -> Pipeline:
        return desk(**{"catalog": CATALOG, **options})

    return opened


@pytest.fixture
def pipeline(bc: Desk) -> Pipeline:
    return bc()


def added(pipeline: Pipeline, *actions: Action, **details: Unpack[Details]) -> Sale:
    """An opportunity with Acme in its first stage, after these actions."""
    given: Details = {"company": ACME, "amount": 10_000, "expected_close": CLOSE}
    given.update(details)
    sale = pipeline.add("Desks", type="ex-large", **given)
    for action in (Start(), *actions):
        sale = pipeline.apply(sale, action)
    return sale


def quoted(pipeline: Pipeline, quote_number: str = "Q1", /, **details: Unpack[Details]) -> Sale:
    return added(pipeline, LinkQuote(quote_number, 900), **details)


def codes(pipeline: Pipeline, sale: Sale | str, action: Action) -> list[str]:
    """The problems that an action has, and that it meets: nothing is written."""
    before = pipeline.refresh()
    found = [problem.code for problem in pipeline.problems(sale, action)]
    with pytest.raises(Refused) as caught:
        pipeline.apply(sale, action)
    assert [problem.code for problem in caught.value.problems] == found
    assert pipeline.refresh() == before
    return found


def company(pipeline: Pipeline, id: str = "acme") -> Company:
    return pipeline.party(Company, id)


def revision(pipeline: Pipeline, id: str = "acme") -> int:
    record = pipeline.storage.read("company", id)
    assert record is not None
    return record.revision


# Orders and customers.


def test_the_customer_of_an_order_is_the_company_that_is_kept(pipeline: Pipeline) -> None:
    pipeline.put(CUSTOMER)
    assert pipeline.apply(quoted(pipeline), ORDER).status is Status.SOLD


def test_an_order_of_one_that_is_kept_and_no_customer_is_refused(pipeline: Pipeline) -> None:
    pipeline.put(ACME)
    assert codes(pipeline, quoted(pipeline), ORDER) == ["customer-required"]
    assert company(pipeline) == ACME


def test_an_order_of_one_that_is_not_kept_is_refused(pipeline: Pipeline) -> None:
    assert codes(pipeline, quoted(pipeline), ORDER) == ["customer-unknown"]


def test_told_to_make_a_customer_the_order_does_so_in_the_same_commit(pipeline: Pipeline) -> None:
    pipeline.put(ACME)
    sale = quoted(pipeline)
    before = pipeline.refresh()
    sold = pipeline.apply(sale, evolve(ORDER, make_customer=True))
    assert (sold.status, company(pipeline)) == (Status.SOLD, CUSTOMER)
    assert (pipeline.refresh(), revision(pipeline)) == (before + 1, sold.stored.revision)


def test_a_company_that_is_given_and_made_a_customer_is_kept_from_then_on(pipeline: Pipeline) -> None:
    sale = quoted(pipeline)
    pipeline.put(OTHER)
    pipeline.apply(sale, evolve(ORDER, customer=ACME, make_customer=True))
    assert company(pipeline) == CUSTOMER


def test_a_company_that_is_given_is_not_kept_unless_that_is_said(pipeline: Pipeline) -> None:
    pipeline.apply(quoted(pipeline), evolve(ORDER, customer=CUSTOMER))
    assert pipeline.parties(Company) == ()


def test_what_is_kept_of_a_company_wins_over_what_is_given(pipeline: Pipeline) -> None:
    pipeline.put(Company("acme", "Acme Ltd"))
    pipeline.apply(quoted(pipeline), evolve(ORDER, customer=ACME, make_customer=True))
    assert company(pipeline) == Company("acme", "Acme Ltd", is_customer=True)


def test_fields_of_a_company_that_a_newer_version_wrote_stay(pipeline: Pipeline) -> None:
    body = '{"format":1,"id":"acme","name":"Acme","size":"large"}'
    pipeline.storage.commit(Commit(changes=(Change(kind="company", id="acme", body=body),), at=clock()))
    pipeline.refresh()
    pipeline.apply(quoted(pipeline), evolve(ORDER, make_customer=True))
    record = pipeline.storage.read("company", "acme")
    assert record is not None
    assert '"size":"large"' in record.body


def test_a_process_that_asks_for_no_customers_makes_none(desk: Desk) -> None:
    pipeline = desk()
    pipeline.put(ACME)
    sale = pipeline.add("Desks", type="new-business", company=ACME)
    pipeline.apply(sale, Sell())
    assert company(pipeline) == ACME


def test_where_no_customer_is_needed_an_order_can_make_one_all_the_same(desk: Desk) -> None:
    pipeline = desk()
    pipeline.put(ACME)
    sale = pipeline.add("Desks", type="new-business", company=ACME, document=quote("Q1"))
    pipeline.apply(sale, PlaceOrder(make_customer=True))
    assert company(pipeline) == CUSTOMER


@pytest.mark.parametrize("odd", ["PlaceOrder", None, PlaceOrder, Sell], ids=repr)
def test_what_is_no_action_is_said_to_be_none(pipeline: Pipeline, odd: Any) -> None:
    pipeline.put(ACME)
    sale = quoted(pipeline)
    for ask in (pipeline.apply, pipeline.problems):
        with pytest.raises(InvalidValue, match="give an action"):
            ask(sale, odd)


# Winning makes customers (A.6.1).


@pytest.mark.parametrize("closing", [WON, Sell("PRICE_W", closed_on=CLOSE, value=1)], ids=["today", "on a day"])
def test_winning_makes_the_company_a_customer_in_the_same_commit(pipeline: Pipeline, closing: Sell) -> None:
    pipeline.put(ACME)
    won = pipeline.apply(added(pipeline), closing)
    assert (company(pipeline), revision(pipeline)) == (CUSTOMER, won.stored.revision)


def test_winning_one_that_was_never_started_does_so_too(pipeline: Pipeline) -> None:
    pipeline.put(ACME)
    pipeline.apply(pipeline.add("Desks", type="ex-large", company=ACME), WON)
    assert company(pipeline) == CUSTOMER


def test_who_is_a_customer_already_is_not_written_again(pipeline: Pipeline) -> None:
    pipeline.put(CUSTOMER)
    before = revision(pipeline)
    pipeline.apply(added(pipeline), WON)
    assert revision(pipeline) == before


def test_what_comes_after_winning_makes_nobody_a_customer_again(pipeline: Pipeline) -> None:
    pipeline.put(CUSTOMER)
    sale = pipeline.apply(quoted(pipeline), ORDER)
    pipeline.put(ACME)
    pipeline.apply(sale, PostInvoice("I1", 900))
    assert company(pipeline) == ACME


def test_winning_several_makes_each_company_a_customer_once(pipeline: Pipeline) -> None:
    pipeline.put_all([ACME, OTHER])
    sales = [added(pipeline), added(pipeline), added(pipeline, company=OTHER), added(pipeline, company=None)]
    before = pipeline.refresh()
    pipeline.apply_all(sales, WON)
    assert {each.id: each.is_customer for each in pipeline.parties(Company)} == {"acme": True, "other": True}
    assert pipeline.refresh() == before + 1


def test_winning_where_one_is_refused_makes_nobody_a_customer(pipeline: Pipeline) -> None:
    pipeline.put(ACME)
    sales = [added(pipeline), added(pipeline, Lose("PRICE_L"))]
    with pytest.raises(BulkRefused):
        pipeline.apply_all(sales, WON)
    assert company(pipeline) == ACME


def test_a_desk_that_keeps_no_companies_makes_no_customers(pipeline: Pipeline) -> None:
    assert pipeline.apply(added(pipeline), WON).status is Status.SOLD
    assert pipeline.parties(Company) == ()


@pytest.mark.parametrize("contact", [{"company": ACME}, {"person": ANN}], ids=["company", "person"])
def test_the_company_of_who_wins_is_among_those_that_are_kept(pipeline: Pipeline, contact: Details) -> None:
    sale = added(pipeline, **contact)
    pipeline.put(OTHER)
    (problem,) = pipeline.problems(sale, WON)
    assert (problem.code, problem.given, problem.accepted) == ("unknown-entry", "acme", ("other",))


def test_a_person_without_a_company_can_be_won(pipeline: Pipeline) -> None:
    sale = added(pipeline, company=None, person=Person("kim", "Kim"))
    pipeline.put(OTHER)
    assert pipeline.apply(sale, WON).status is Status.SOLD
    assert pipeline.parties(Company) == (OTHER,)


def test_what_somebody_else_wrote_of_the_company_meanwhile_stays(bc: Desk) -> None:
    mine, other = bc(), bc()
    mine.put(ACME)
    sale = added(mine)
    other.refresh()
    other.put(Company("acme", "Acme Ltd"))
    mine.apply(sale, WON)
    assert company(mine) == Company("acme", "Acme Ltd", is_customer=True)


def test_what_was_done_elsewhere_is_saved_as_it_is(pipeline: Pipeline) -> None:
    pipeline.put(ACME)
    sale = added(pipeline)
    assert pipeline.save(apply(sale, WON, on=TODAY)).status is Status.SOLD
    assert company(pipeline) == ACME


def test_a_command_that_is_repeated_is_carried_out_once(pipeline: Pipeline) -> None:
    pipeline.put(ACME)
    sale = added(pipeline)
    first = pipeline.apply(sale.id, WON, command="win-1")
    pipeline.put(ACME)
    assert pipeline.apply(sale.id, WON, command="win-1") == first
    assert company(pipeline) == ACME


# A document of one number is linked to one sale (A.1.1).


def document(kind: str, number: str, value: int = 900) -> Document:
    return Document(DocumentKind(kind), number, Decimal(value))


def quote(number: str) -> Document:
    return document("quote", number)


LINKING: dict[str, Action] = {
    "linked": LinkQuote("Q1", 900),
    "linked for less": LinkQuote("Q1", 1),
    "created": CreateQuote(number="Q1"),
    "set by hand": Edit(document=quote("Q1")),
}


@pytest.mark.parametrize("linking", LINKING.values(), ids=LINKING)
@pytest.mark.parametrize("before", LINKING.values(), ids=LINKING)
def test_a_quote_that_another_sale_has_is_taken(pipeline: Pipeline, before: Action, linking: Action) -> None:
    first, second = added(pipeline, before), added(pipeline)
    assert codes(pipeline, second, linking) == ["document-taken"]
    (problem,) = pipeline.problems(second, linking)
    assert (problem.given, dict(problem.params)) == ("Q1", {"kind": "quote", "other": first.id})
    assert f"linked to sale {first.id} already; unlink it there first" in str(problem)


def test_a_copied_quote_gets_a_number_that_is_free(pipeline: Pipeline) -> None:
    source = added(pipeline, CreateQuote(number="Q1")).quote
    assert source is not None
    sale = added(pipeline)
    assert codes(pipeline, sale, CopyQuote(source, number="Q1")) == ["document-taken"]
    assert pipeline.apply(sale, CopyQuote(source)).document == document("quote", f"{sale.id}-1", 0)


def test_a_number_that_the_sale_would_give_can_be_taken_too(pipeline: Pipeline) -> None:
    first = added(pipeline)
    added(pipeline, LinkQuote(f"{first.id}-1", 900))
    assert codes(pipeline, first, CreateQuote()) == ["document-taken"]
    (offer,) = (each for each in pipeline.available(first) if each.action is CreateQuote)
    assert (offer.is_open, offer.needs) == (True, ("number",))


@pytest.mark.parametrize("kind", ["quote", "order", "invoice"])
def test_a_document_that_is_given_on_registering_can_be_taken(pipeline: Pipeline, kind: str) -> None:
    added(pipeline, document=document(kind, "X1"))
    before = pipeline.refresh()
    with pytest.raises(Refused) as caught:
        pipeline.add("More", type="ex-large", document=document(kind, "X1"), amount="much")
    assert caught.value.action == "Register"
    assert [(each.code, each.field) for each in caught.value.problems] == [
        ("invalid-value", "amount"),
        ("document-taken", "document"),
    ]
    assert pipeline.refresh() == before


def test_an_order_and_an_invoice_are_linked_once_too(pipeline: Pipeline) -> None:
    pipeline.put(CUSTOMER)
    first = pipeline.apply(quoted(pipeline), evolve(ORDER, number="O1"))
    second = quoted(pipeline, "Q2")
    assert codes(pipeline, second, evolve(ORDER, number="O1")) == ["document-taken"]
    second = pipeline.apply(second, evolve(ORDER, number="O2"))
    pipeline.apply(first, PostInvoice("I1", 900))
    assert codes(pipeline, second, PostInvoice("I1", 900)) == ["document-taken"]
    assert pipeline.apply(second, PostInvoice("I2", 900)).document == document("invoice", "I2")


def test_documents_of_other_kinds_can_have_the_same_number(pipeline: Pipeline) -> None:
    pipeline.put(CUSTOMER)
    first = pipeline.apply(quoted(pipeline), evolve(ORDER, number="1"))
    second = quoted(pipeline, "1")
    assert (first.document, second.document) == (document("order", "1"), document("quote", "1"))


def test_the_sale_that_has_it_can_say_so_again(pipeline: Pipeline) -> None:
    sale = quoted(pipeline)
    assert pipeline.apply(sale, LinkQuote("Q1", 950)).document == document("quote", "Q1", 950)


FREEING: dict[str, Action] = {
    "unlinked": UnlinkQuote(),
    "replaced": LinkQuote("Q9", 900, replacing=True),
    "emptied": Edit(document=None),
    "ordered": evolve(ORDER, number="O1"),
}


@pytest.mark.parametrize("freeing", FREEING.values(), ids=FREEING)
def test_a_quote_moves_by_being_freed_where_it_was(pipeline: Pipeline, freeing: Action) -> None:
    pipeline.put(CUSTOMER)
    first, second = quoted(pipeline), added(pipeline)
    pipeline.apply(first, freeing)
    assert pipeline.apply(second, LinkQuote("Q1", 900)).document == quote("Q1")


def test_replacing_a_quote_is_about_the_own_sale_alone(pipeline: Pipeline) -> None:
    quoted(pipeline)
    second = quoted(pipeline, "Q2")
    assert codes(pipeline, second, LinkQuote("Q1", 900, replacing=True)) == ["document-taken"]


@pytest.mark.parametrize("freeing", ["quote", "order", "sale"])
def test_what_is_deleted_frees_its_number(pipeline: Pipeline, freeing: str) -> None:
    pipeline.put(CUSTOMER)
    first = added(pipeline, CreateQuote(number="N1"), AddQuoteLine("Desk", quantity=1, list_price=900))
    if freeing == "quote":
        pipeline.apply(first, DeleteQuote())
        linking: Action = LinkQuote("N1", 900)
    else:
        first = pipeline.apply(first, evolve(ORDER, number="N1"))
        linking = Edit(document=document("order", "N1"))
        assert codes(pipeline, added(pipeline), linking) == ["document-taken"]
        pipeline.apply(first, CancelOrder()) if freeing == "order" else pipeline.delete(first)
    second = added(pipeline, linking)
    assert second.document is not None
    assert second.document.number == "N1"


def test_only_where_documents_say_what_is_won_are_they_watched(desk: Desk) -> None:
    pipeline = desk()
    sales = [pipeline.add("Desks", type="new-business") for _ in range(2)]
    assert [sale.document for sale in pipeline.apply_all(sales, Edit(document=quote("Q1")))] == [quote("Q1")] * 2
    sale = pipeline.add("More", type="new-business", document=quote("Q1"))
    assert pipeline.apply(sale, Edit(document=quote("Q1"), note="x")).document == quote("Q1")
    assert pipeline.apply(pipeline.add("More", type="new-business"), Edit(document=quote("Q1"))).document == quote("Q1")
    assert pipeline.storage.read("series", "document") is None


# Several at once, and from elsewhere.


def test_one_document_is_not_linked_to_two_sales_at_once(pipeline: Pipeline) -> None:
    sales = [added(pipeline), added(pipeline)]
    before = pipeline.refresh()
    with pytest.raises(BulkRefused) as caught:
        pipeline.apply_all(sales, LinkQuote("Q1", 900))
    assert [refusal.sale_id for refusal in caught.value.refusals] == [sales[1].id]
    assert pipeline.refresh() == before


def test_sales_that_are_saved_from_elsewhere_have_documents_of_their_own(pipeline: Pipeline) -> None:
    first = quoted(pipeline)
    strange = register(LARGE, id="X-1", title="Desks", on=TODAY, currency="EUR", document=quote("Q1"))
    with pytest.raises(Refused, match=f"linked to sale {first.id} already"):
        pipeline.save(strange)
    with pytest.raises(BulkRefused, match="linked to sale X-1 already"):
        pipeline.save_all([evolve(strange, document=quote("Q2")), evolve(strange, id="X-2", document=quote("Q2"))])  # type: ignore[arg-type]  # pyright: ignore[reportArgumentType]  # an id is a text


def test_each_of_several_that_are_saved_is_held_against_what_is_stored(pipeline: Pipeline) -> None:
    holders = [quoted(pipeline, "Q1"), quoted(pipeline, "Q2")]
    strange = [
        register(LARGE, id=f"X-{number}", title="Desks", on=TODAY, currency="EUR", document=quote(f"Q{number}"))
        for number in (1, 2, 3)
    ]
    with pytest.raises(BulkRefused) as caught:
        pipeline.save_all(strange)
    others = [dict(refusal.problems[0].params)["other"] for refusal in caught.value.refusals]
    assert others == [sale.id for sale in holders]


@pytest.mark.parametrize("first", [0, 1], ids=["who loses it first", "who gets it first"])
def test_a_document_can_change_hands_in_one_commit(pipeline: Pipeline, first: int) -> None:
    sales = [quoted(pipeline), added(pipeline)]
    after = [apply(sales[0], UnlinkQuote(), on=TODAY), apply(sales[1], LinkQuote("Q1", 900), on=TODAY)]
    pipeline.save_all(after if first == 0 else after[::-1])
    assert [pipeline.get(sale.id).document for sale in sales] == [None, quote("Q1")]


@pytest.mark.parametrize("first", [0, 1], ids=["who keeps it first", "who gets it first"])
def test_a_document_that_is_kept_is_not_linked_in_the_same_commit(pipeline: Pipeline, first: int) -> None:
    sales = [quoted(pipeline), added(pipeline)]
    after = [apply(sales[0], Edit(note="x"), on=TODAY), apply(sales[1], LinkQuote("Q1", 900), on=TODAY)]
    with pytest.raises(BulkRefused) as caught:
        pipeline.save_all(after if first == 0 else after[::-1])
    assert [refusal.sale_id for refusal in caught.value.refusals] == [sales[1].id]


def test_undoing_does_not_link_what_another_sale_has_meanwhile(pipeline: Pipeline) -> None:
    first, second = quoted(pipeline), added(pipeline)
    pipeline.apply(first, UnlinkQuote())
    pipeline.apply(second, LinkQuote("Q1", 900))
    with pytest.raises(Refused, match=f"linked to sale {second.id} already"):
        pipeline.undo(first.id)


@pytest.mark.parametrize("by_id", [True, False], ids=["by id", "by sale"])
def test_two_desks_cannot_link_one_document_at_once(bc: Desk, by_id: bool) -> None:
    mine, other = bc(), bc()
    first, second = added(mine), added(mine)
    other.refresh()
    other.apply(first.id, LinkQuote("Q1", 900))
    with pytest.raises(Refused, match=f"linked to sale {first.id} already"):  # it sees so by the conflict alone
        mine.apply(second.id if by_id else second, LinkQuote("Q1", 900))
    assert mine.get(second.id).document is None


LINKER = """
import sys
from salespipeline import Pipeline, Refused, Sell
from salespipeline.quoting import LinkQuote
pipeline = Pipeline.open(sys.argv[1], user="anna")
try:
    pipeline.apply(sys.argv[2], LinkQuote("Q1", 900), on=pipeline.get(sys.argv[2]).changed_on)
    print("linked")
except Refused as refusal:
    print(refusal.problems[0].code)
pipeline.apply(sys.argv[2], Sell("PRICE_W", value=900), on=pipeline.get(sys.argv[2]).changed_on)
"""


def test_of_several_processes_one_links_the_document_and_all_win_for_one_customer(
    tmp_path: Path, processes: Processes
) -> None:
    with Pipeline.open(tmp_path / "s.jsonl", catalog=CATALOG, clock=clock, user="anna") as pipeline:
        pipeline.put(ACME)
        sales = [added(pipeline) for _ in range(3)]
        started = [processes.start(LINKER, tmp_path / "s.jsonl", sale.id) for sale in sales]
        said = sorted(lines[-1] for lines in processes.wait(*started))
        pipeline.refresh()
        assert said == ["document-taken", "document-taken", "linked"]
        assert [sale.document for sale in pipeline.sales() if sale.document] == [quote("Q1")]
        assert {sale.status for sale in pipeline.sales()} == {Status.SOLD}
        assert company(pipeline) == CUSTOMER


def test_two_desks_can_link_different_documents_at_once(bc: Desk) -> None:
    mine, other = bc(), bc()
    first, second = added(mine), added(mine)
    other.refresh()
    other.apply(first.id, LinkQuote("Q1", 900))
    assert mine.apply(second, LinkQuote("Q2", 900)).document == quote("Q2")


def test_a_sale_that_somebody_else_changed_is_a_conflict_as_ever(bc: Desk) -> None:
    mine, other = bc(), bc()
    sale = added(mine)
    other.refresh()
    other.apply(sale.id, Edit(note="x"))
    with pytest.raises(Conflict):
        mine.apply(sale, LinkQuote("Q1", 900))


# Stored before the number of a document was a key.


def test_the_number_of_a_document_is_a_key_and_no_filter(pipeline: Pipeline) -> None:
    sale = quoted(pipeline)
    assert [record.id for record in pipeline.storage.scan("sale", {"document": "Q1"})] == [sale.id]
    with pytest.raises(InvalidValue, match="filter"):
        pipeline.sales(document="Q1")


def rewritten(pipeline: Pipeline, ids: Iterable[str], *, body: tuple[str, str] = ("", ""), keys: bool = True) -> None:
    """Write sales as another program would: with something else in their text, or without the key of the document."""
    records = [record for record in pipeline.storage.scan("sale") if record.id in ids]
    changes = tuple(
        Change(
            kind="sale",
            id=each.id,
            body=each.body.replace(*body),
            keys=[pair for pair in each.keys if keys or pair[0] != "document"],
        )
        for each in records
    )
    expect = tuple(Expect(kind="sale", id=each.id, revision=each.revision) for each in records)
    pipeline.storage.commit(Commit(changes=changes, expect=expect, at=clock()))


def test_sales_that_share_a_document_already_can_go_on(pipeline: Pipeline) -> None:
    first, second = quoted(pipeline), quoted(pipeline, "Q2")
    rewritten(pipeline, [second.id], body=('"number":"Q2"', '"number":"Q1"'))
    assert pipeline.get(second.id).document == quote("Q1")
    for sale in (first, second):
        assert pipeline.apply(sale.id, LinkQuote("Q1", 950)).document == document("quote", "Q1", 950)


def test_a_sale_that_was_stored_without_the_key_still_has_its_document(bc: Desk) -> None:
    pipeline = bc()
    first = quoted(pipeline)
    rewritten(pipeline, [first.id], keys=False)
    pipeline = bc()
    second = added(pipeline)
    assert codes(pipeline, second, LinkQuote("Q1", 900)) == ["document-taken"]
    pipeline.apply(first.id, UnlinkQuote())
    assert pipeline.apply(second, LinkQuote("Q1", 900)).document == quote("Q1")


def test_the_word_document_in_a_note_is_no_document(bc: Desk) -> None:
    pipeline = bc()
    note = '"document":{"kind":"quote","number":"Q1","value":"900"}'
    noted = added(pipeline, Edit(note=note, custom={"document": note}))
    rewritten(pipeline, [noted.id], keys=False)
    assert quoted(bc()).document == quote("Q1")


def test_a_store_of_format_1_still_knows_its_quote(tmp_path: Path) -> None:
    copy = tmp_path / "store.jsonl"
    shutil.copyfile(GOLDEN, copy)
    pipeline = Pipeline(JsonStorage(copy), user="maria", clock=lambda: clock().replace(year=2026, month=2))
    (holder,) = (sale for sale in pipeline.sales() if sale.document)
    assert holder.document == Document(DocumentKind.QUOTE, "Q-1", Decimal("11500.00"))
    second = pipeline.add("More", type=holder.type.id, owner="maria")
    second = pipeline.apply(second, Start())
    assert codes(pipeline, second, LinkQuote("Q-1", 900)) == ["document-taken"]
    pipeline.storage.close()


# A whole store as one document.


def test_quotes_orders_and_customers_come_through_an_export(pipeline: Pipeline) -> None:
    pipeline.put(ACME)
    quoted(pipeline, "Q1")
    pipeline.apply(quoted(pipeline, "Q2"), evolve(ORDER, number="O2", make_customer=True))
    text = export_document(pipeline.storage)
    again = import_document(text, MemoryStorage(), user="anna", clock=clock)
    assert (again.sales(), export_document(again.storage)) == (pipeline.sales(), text)
    assert codes(again, added(again), LinkQuote("Q1", 900)) == ["document-taken"]
    assert company(again) == CUSTOMER
