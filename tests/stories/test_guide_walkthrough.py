"""One sale led by its guide from the first meeting to the signed contract (SuperOffice, case SO-G01).

Each step below goes on where the one before it ended.
"""

from datetime import date

from attrs import evolve
from tests.stories.telling import ACME, is_on_offer, problem, superoffice_sale, told

from salespipeline import Complete, Next, Sale, SaleType, Sell, Stage, Status
from salespipeline.insight.follow_up import next_activity
from salespipeline.insight.guide import GuideView, StageRow, advance_offer, guide_view
from salespipeline.model.activity import Activity, ActivityKind
from salespipeline.model.activity_actions import AddActivity, CompleteActivity, Plan
from salespipeline.model.guide import SalesGuide, document, follow_up
from salespipeline.presets import superoffice
from salespipeline.rules.guidance import auto_suggestion, next_suggestion

JAN_8, JAN_14, JAN_17 = date(2025, 1, 8), date(2025, 1, 14), date(2025, 1, 17)
JAN_24, JAN_28, JAN_31 = date(2025, 1, 24), date(2025, 1, 28), date(2025, 1, 31)

GUIDE = SalesGuide.of(
    ("first-meeting", [follow_up("Customer meeting", kind="meeting"), document("Meeting confirmation")]),
    ("quotation", [follow_up("Quotation preparation", kind="task", after=3), document("Quotation")]),
    (
        "signing",
        [
            follow_up("Set up contract meeting", kind="call", after="1W"),
            follow_up("Contract meeting", kind="meeting", after=4, auto=True),
            document("Signed contract"),
        ],
    ),
)
STAGES = (
    Stage("first-meeting", "First meeting", 20),
    Stage("quotation", "Quotation", 50),
    Stage("signing", "Signing of contract", 80),
)


def guided() -> SaleType:
    return evolve(superoffice.new_business(), id="guided", name="Guided", stages=STAGES, guide=GUIDE)


def view(sale: Sale) -> GuideView:
    """The guide tab, which every sale of this story has."""
    shown = guide_view(sale)
    assert shown is not None
    return shown


def row(sale: Sale, stage: str) -> StageRow:
    """One stage of the guide tab."""
    return next(row for row in view(sale).stages if row.stage == stage)


def marks(sale: Sale) -> dict[str, str]:
    return {row.name: row.mark for row in view(sale).stages}


def newest(sale: Sale) -> Activity:
    return sale.activities[-1]


# 7 January: Anna makes the sale.


def created() -> Sale:
    return superoffice_sale(guided(), company=ACME, amount=48_000)


def test_a_new_sale_stands_in_the_first_stage_of_its_guide() -> None:
    assert marks(created()) == {"First meeting": "current", "Quotation": "open", "Signing of contract": "open"}


def test_a_new_sale_has_nothing_planned_yet() -> None:
    assert created().activities == ()


def test_the_first_stage_suggests_a_meeting_and_its_confirmation() -> None:
    here = row(created(), "first-meeting")
    suggested = [each.suggestion.name for each in (*here.follow_ups, *here.documents)]
    assert suggested == ["Customer meeting", "Meeting confirmation"]


def test_what_is_not_there_yet_can_be_created() -> None:
    here = row(created(), "first-meeting")
    assert [each.can_create for each in (*here.follow_ups, *here.documents)] == ["create", "create"]


# She plans the customer meeting for the 14th.


def planned() -> Sale:
    return told(created(), Plan("customer-meeting", due=JAN_14))


def test_the_meeting_is_planned_for_the_day_she_chose() -> None:
    meeting = newest(planned())
    assert (meeting.title, meeting.kind, meeting.due) == ("Customer meeting", ActivityKind.MEETING, JAN_14)


def test_the_sale_now_asks_for_attention_on_the_day_of_the_meeting() -> None:
    assert [next_activity(created()), next_activity(planned())] == [date(2025, 4, 7), JAN_14]


def test_of_a_planned_meeting_another_can_be_created() -> None:
    assert row(planned(), "first-meeting").follow_ups[0].can_create == "create another"


# On the 8th she writes the confirmation.


def confirmed() -> Sale:
    return told(planned(), Plan("meeting-confirmation"), on=JAN_8)


def test_a_document_is_done_the_moment_it_is_made() -> None:
    letter = newest(confirmed())
    assert (letter.title, letter.is_done, letter.done_on) == ("Meeting confirmation", True, JAN_8)


def test_a_document_does_not_move_the_next_activity() -> None:
    assert next_activity(confirmed()) == JAN_14


def test_while_the_meeting_is_to_come_nobody_asks_to_move_on() -> None:
    assert advance_offer(confirmed()) is None


# On the 14th she has met the customer, and ticks the meeting.


def met() -> Sale:
    return told(confirmed(), CompleteActivity("A-1"), on=JAN_14)


def test_the_ticked_meeting_is_done_on_that_day() -> None:
    assert met().activities[0].done_on == JAN_14


def test_the_question_is_whether_to_move_to_quotation() -> None:
    assert advance_offer(met()) == Next()


def test_ticking_alone_moves_nothing() -> None:
    assert (met().stage, marks(met())["First meeting"]) == ("first-meeting", "current")


# Yes: she moves on, and plans the preparation of the quotation.


def moved_on() -> Sale:
    return told(met(), Next(), on=JAN_14)


def test_the_first_meeting_is_ticked_once_she_has_moved_on() -> None:
    assert marks(moved_on()) == {"First meeting": "ticked", "Quotation": "current", "Signing of contract": "open"}


def test_the_new_stage_sets_its_probability() -> None:
    assert [met().probability, moved_on().probability] == [20, 50]


def preparing() -> Sale:
    return told(moved_on(), Plan("quotation-preparation"), on=JAN_14)


def test_the_preparation_is_due_three_days_after_the_meeting() -> None:
    assert newest(preparing()).due == JAN_17


# On the 17th the quotation is written; she moves on to the contract.


def quoted() -> Sale:
    return told(preparing(), CompleteActivity("A-3"), Plan("quotation"), Next(), on=JAN_17)


def test_with_the_quotation_out_two_stages_are_ticked() -> None:
    assert marks(quoted()) == {"First meeting": "ticked", "Quotation": "ticked", "Signing of contract": "current"}


def test_earlier_stages_keep_showing_what_was_done_there() -> None:
    earlier = row(quoted(), "quotation")
    assert [each.activities[0].done_on for each in (*earlier.follow_ups, *earlier.documents)] == [JAN_17, JAN_17]


# She plans the call that is to set up the contract meeting, and makes it on the 24th.


def calling() -> Sale:
    return told(quoted(), Plan("set-up-contract-meeting"), on=JAN_17)


def test_the_call_is_due_a_week_after_the_preparation() -> None:
    assert (newest(calling()).kind, newest(calling()).due) == (ActivityKind.CALL, JAN_24)


def test_before_the_call_is_made_no_dialog_opens() -> None:
    assert auto_suggestion(calling(), "A-5") is None


def called() -> Sale:
    return told(calling(), CompleteActivity("A-5"), on=JAN_24)


def test_after_the_call_the_dialog_offers_the_contract_meeting() -> None:
    offered = auto_suggestion(called(), "A-5")
    assert offered is not None
    assert offered.name == "Contract meeting"


def test_no_other_tick_of_this_story_opens_a_dialog() -> None:
    assert [auto_suggestion(called(), id) for id in ("A-1", "A-3")] == [None, None]


def test_half_of_the_stage_is_done_and_nobody_asks_to_move_on() -> None:
    assert (row(called(), "signing").progress, advance_offer(called())) == (50, None)


# Create: the contract meeting is planned, held on the 28th, and the contract is filed.


def meeting_again() -> Sale:
    return told(called(), Plan("contract-meeting"), on=JAN_24)


def test_the_contract_meeting_is_due_four_days_after_the_call() -> None:
    assert newest(meeting_again()).due == JAN_28


def test_a_dialog_that_was_answered_does_not_come_again() -> None:
    assert auto_suggestion(meeting_again(), "A-5") is None


def signed() -> Sale:
    return told(meeting_again(), CompleteActivity("A-6"), Plan("signed-contract"), on=JAN_28)


def test_after_the_last_follow_up_nothing_follows() -> None:
    assert next_suggestion(signed(), "A-6") is None


def test_after_the_last_stage_there_is_no_stage_to_move_to() -> None:
    assert advance_offer(signed()) is None


def test_all_seven_activities_of_the_guide_are_done() -> None:
    assert [activity.title for activity in signed().activities if activity.is_done] == [
        "Customer meeting",
        "Meeting confirmation",
        "Quotation preparation",
        "Quotation",
        "Set up contract meeting",
        "Contract meeting",
        "Signed contract",
    ]


# Sold on the 28th.


def sold() -> Sale:
    return told(signed(), Sell("quality"), on=JAN_28)


def test_the_sale_is_sold_at_100_percent_on_that_day() -> None:
    assert (sold().status, sold().probability, sold().closed_on) == (Status.SOLD, 100, JAN_28)


def test_a_sold_sale_can_still_be_followed_up() -> None:
    thanked = told(sold(), AddActivity("Thank them", kind="call", due=JAN_31), on=JAN_28)
    assert newest(thanked).title == "Thank them"


# Completed on the 31st: nothing more can be planned.


def completed() -> Sale:
    return told(sold(), Complete(), on=JAN_31)


def test_on_a_completed_sale_no_activity_can_be_planned() -> None:
    for action in (Plan("customer-meeting", another=True), AddActivity("One more call", kind="call")):
        assert problem(completed(), action, on=JAN_31).code == "no-such-step"


def test_on_a_completed_sale_planning_is_not_on_offer() -> None:
    assert [is_on_offer(completed(), action, on=JAN_31) for action in (Plan, AddActivity)] == [False, False]


def test_the_guide_of_a_completed_sale_shows_all_and_creates_nothing() -> None:
    shown = [each for stage in view(completed()).stages for each in (*stage.follow_ups, *stage.documents)]
    assert (len(shown), {each.can_create for each in shown}) == (7, {None})
