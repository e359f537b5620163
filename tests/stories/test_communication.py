"""The history of what was said and written: on the opportunity, its person and its company (B.5, BC-108)."""

from datetime import UTC, date, datetime, timedelta, timezone

import pytest
from tests.stories.telling import ACME, JAN_7, bcm_sale, problem, superoffice_sale, told

from salespipeline import Company, Link, Person, Sale, Sell
from salespipeline.insight.communication import CommunicationItem, company_history, person_history
from salespipeline.model.activity import Activity, ActivityKind
from salespipeline.model.activity_actions import AddActivity, DeleteActivity, EditActivity, LinkActivity
from salespipeline.model.ids import ActivityId, PersonId

JAN_3, JAN_8, JAN_9 = date(2025, 1, 3), date(2025, 1, 8), date(2025, 1, 9)

BEA = Person("bea", "Bea", "acme")
CARL = Person("carl", "Carl", "acme")
GLOBEX = Company("globex", "Globex")
DORA = Person("dora", "Dora", "globex")
PEOPLE = (BEA, CARL, DORA)

NOTE = AddActivity("They like oak", kind="note")


def with_bea() -> Sale:
    """A Contact Manager opportunity that is linked to Bea of Acme."""
    return told(bcm_sale(), Link(person=BEA))


def titles(items: tuple[CommunicationItem, ...]) -> list[str]:
    return [item.activity.title for item in items]


def written(sale: Sale) -> list[str]:
    """The opportunity's own items; what its stages planned is left out."""
    return [activity.title for activity in sale.activities if activity.suggestion is None]


def a_mail(*, person: str | None = None) -> Activity:
    """A mail of 3 January that was there before, with an id of the mail system's own."""
    return Activity(
        id=ActivityId("mail-4711"),
        kind=ActivityKind.MAIL,
        title="Your question",
        due=JAN_3,
        done_on=JAN_3,
        target="mail/4711.eml",
        person=None if person is None else PersonId(person),
        made_on=JAN_3,
    )


# BC-108: a note on an opportunity that is linked to contact B of account A.


def test_bc_108_the_note_stands_on_the_opportunity() -> None:
    assert "They like oak" in written(told(with_bea(), NOTE))


def test_bc_108_the_note_stands_in_the_history_of_the_contact() -> None:
    assert "They like oak" in titles(person_history([told(with_bea(), NOTE)], "bea"))


def test_bc_108_the_note_stands_in_the_history_of_the_account() -> None:
    assert "They like oak" in titles(company_history([told(with_bea(), NOTE)], "acme", PEOPLE))


def test_bc_108_no_other_history_has_the_note() -> None:
    sale = told(with_bea(), NOTE)
    others = (person_history([sale], "carl"), company_history([sale], "globex", PEOPLE))
    assert [titles(items) for items in others] == [[], []]


def test_an_item_in_a_history_tells_its_opportunity() -> None:
    (item,) = [found for found in person_history([told(with_bea(), NOTE)], "bea") if found.activity.title == NOTE.title]
    assert (item.sale, item.title) == ("O-1", "Desks")


def test_a_note_on_an_opportunity_of_the_account_stands_in_the_accounts_history() -> None:
    assert "They like oak" in titles(company_history([told(bcm_sale(), NOTE)], "acme", ()))


def test_without_its_persons_a_company_sees_only_what_was_written_under_itself() -> None:
    assert "They like oak" not in titles(company_history([told(with_bea(), NOTE)], "acme", ()))


def test_a_company_sees_the_items_of_all_its_persons_oldest_first() -> None:
    with_carl = told(bcm_sale(), Link(person=CARL), AddActivity("Carl called", kind="phone-log", due=JAN_3))
    sales = [told(with_bea(), AddActivity("Bea wrote", kind="mail", due=JAN_7)), with_carl]
    found = [title for title in titles(company_history(sales, "acme", PEOPLE)) if title in ("Bea wrote", "Carl called")]
    assert found == ["Carl called", "Bea wrote"]


# When the link moves, what was written stays with those it was written under.


def moved() -> Sale:
    """A note under Acme on the 7th; on the 8th the opportunity goes over to Globex, and on the 9th is another note."""
    first = told(bcm_sale(), NOTE)
    return told(told(first, Link(company=GLOBEX), on=JAN_8), AddActivity("They like steel", kind="note"), on=JAN_9)


def notes_of(items: tuple[CommunicationItem, ...]) -> list[str]:
    return [item.activity.title for item in items if item.activity.kind is ActivityKind.NOTE]


def test_old_items_stay_with_the_company_they_were_written_under() -> None:
    assert notes_of(company_history([moved()], "acme", ())) == ["They like oak"]


def test_later_items_are_with_the_company_the_link_moved_to() -> None:
    assert notes_of(company_history([moved()], "globex", ())) == ["They like steel"]


def test_the_opportunity_keeps_all_its_items() -> None:
    assert written(moved()) == ["They like oak", "They like steel"]


def test_old_items_stay_with_the_person_they_were_written_under() -> None:
    sale = told(told(with_bea(), NOTE), Link(person=DORA), AddActivity("They like steel", kind="note"), on=JAN_8)
    assert [notes_of(person_history([sale], who)) for who in ("bea", "dora")] == [
        ["They like oak"],
        ["They like steel"],
    ]


def test_an_item_edited_later_stays_where_it_was_written() -> None:
    sale = told(moved(), EditActivity(moved().activities[1].id, text="Dark oak"), on=JAN_9)
    assert notes_of(company_history([sale], "acme", ())) == ["They like oak"]


def test_a_deleted_item_is_gone_from_every_history() -> None:
    sale = told(with_bea(), NOTE)
    gone = told(sale, DeleteActivity(sale.activities[-1].id))
    assert [notes_of(person_history([gone], "bea")), notes_of(company_history([gone], "acme", PEOPLE))] == [[], []]


# Items of every kind, and the time stamp.


@pytest.mark.parametrize("kind", ["note", "phone-log", "task", "mail", "appointment", "file"])
def test_every_kind_of_item_stands_in_the_histories(kind: str) -> None:
    sale = told(with_bea(), AddActivity("Something", kind=kind))
    assert "Something" in titles(company_history([sale], "acme", PEOPLE))


@pytest.mark.parametrize("kind", ["note", "phone-log", "mail", "file"])
def test_what_records_something_is_done_when_it_is_made(kind: str) -> None:
    assert told(with_bea(), AddActivity("Something", kind=kind), on=JAN_8).activities[-1].done_on == JAN_8


def test_a_file_is_chosen_and_not_copied() -> None:
    sale = told(with_bea(), AddActivity("Plan of the office", kind="file", target="plans/office.pdf"))
    assert sale.activities[-1].target == "plans/office.pdf"


def test_a_time_stamp_is_kept_with_the_note() -> None:
    stamp = datetime(2025, 1, 7, 14, 30, tzinfo=UTC)
    note = told(with_bea(), AddActivity("They like oak", kind="note", start=stamp)).activities[-1]
    assert (note.start, note.due, note.done_on) == (datetime(2025, 1, 7, 14, 30, tzinfo=UTC), JAN_7, JAN_7)


def test_a_time_stamp_from_another_zone_is_the_same_instant() -> None:
    stamp = datetime(2025, 1, 7, 16, 30, tzinfo=timezone(timedelta(hours=2)))
    note = told(with_bea(), AddActivity("They like oak", kind="note", start=stamp)).activities[-1]
    assert note.start == datetime(2025, 1, 7, 14, 30, tzinfo=UTC)


def test_a_time_stamp_says_its_zone() -> None:
    nowhere = datetime(2025, 1, 7, 14, 30)  # noqa: DTZ001  # the fault that is told of
    assert problem(with_bea(), AddActivity("They like oak", kind="note", start=nowhere)).field == "start"


def test_a_note_says_who_wrote_it_and_when() -> None:
    note = told(with_bea(), NOTE, on=JAN_8, by="bob").activities[-1]
    assert (note.made_by, note.made_on) == ("bob", JAN_8)


# Linking a mail that is there already.


def test_an_existing_mail_can_be_linked_afterwards() -> None:
    mail = told(with_bea(), LinkActivity(a_mail()), on=JAN_8).activities[-1]
    assert (mail.kind, mail.title, mail.due, mail.target) == (
        ActivityKind.MAIL,
        "Your question",
        JAN_3,
        "mail/4711.eml",
    )


def test_a_linked_mail_gets_an_id_of_the_sales_own() -> None:
    sale = told(superoffice_sale(company=ACME), NOTE, LinkActivity(a_mail()))
    assert [activity.id for activity in sale.activities] == ["A-1", "A-2"]


def test_a_linked_mail_stands_in_the_histories_of_the_opportunity() -> None:
    sale = told(with_bea(), LinkActivity(a_mail()))
    histories = (person_history([sale], "bea"), company_history([sale], "acme", PEOPLE))
    assert ["Your question" in titles(items) for items in histories] == [True, True]


def test_a_linked_mail_of_somebody_else_stays_in_their_history_too() -> None:
    sale = told(bcm_sale(), LinkActivity(a_mail(person="dora")))
    assert "Your question" in titles(person_history([sale], "dora"))


def test_a_linked_mail_of_somebody_else_also_stands_in_the_history_of_the_linked_account() -> None:
    sale = told(bcm_sale(), LinkActivity(a_mail(person="dora")))
    assert "Your question" in titles(company_history([sale], "acme", PEOPLE))


def test_one_mail_can_stand_on_two_opportunities() -> None:
    sales = [told(bcm_sale(), LinkActivity(a_mail())), told(superoffice_sale(company=ACME), LinkActivity(a_mail()))]
    found = [item.sale for item in company_history(sales, "acme", PEOPLE) if item.activity.title == "Your question"]
    assert found == ["O-1", "S-1"]


def test_a_closed_opportunity_is_locked_for_notes_too() -> None:
    assert problem(told(with_bea(), Sell("price")), NOTE).code == "no-such-step"
