"""Sales guides while sales run (SuperOffice, sections 2.5 and 3.4 to 3.7, cases SO-G02 to SO-G04)."""

from collections.abc import Callable, Iterator
from datetime import UTC, date, datetime, timedelta

import pytest
from attrs import evolve
from tests.stories.telling import ACME, APR_7, JAN_7, facts, is_on_offer, problem, refusal, superoffice_sale, told

from salespipeline import (
    Action,
    BrokenTable,
    ChangeType,
    Complete,
    InvalidValue,
    MemoryStorage,
    MoveTo,
    Next,
    Pipeline,
    Previous,
    Sale,
    SaleType,
    Sell,
    Stall,
    Status,
    UnknownEntry,
    available,
)
from salespipeline.insight.guide import GuideRow, GuideView, StageRow, advance_offer, guide_view
from salespipeline.model.activity import Activity, ActivityKind
from salespipeline.model.activity_actions import (
    AddActivity,
    CancelActivity,
    CompleteActivity,
    DeleteActivity,
    EditActivity,
    Plan,
    ReopenActivity,
)
from salespipeline.model.guide import Advance, SalesGuide, document, follow_up
from salespipeline.presets import guides, superoffice
from salespipeline.rules.guidance import auto_suggestion, left_unticked, next_suggestion
from salespipeline.rules.planning import reopen_follow_up

JAN_8, JAN_10, JAN_12, JAN_20 = date(2025, 1, 8), date(2025, 1, 10), date(2025, 1, 12), date(2025, 1, 20)

GUIDE = SalesGuide.of(
    ("lead", [follow_up("First call", kind="call", duration=20, text="Ask who decides.")]),
    (
        "first-meeting",
        [
            follow_up("Meeting", kind="meeting", after=5, duration=60, auto=True),
            follow_up("Minutes", kind="task", after="1W", auto=True),
            document("Confirmation", template="confirm.docx", subject="Our meeting", reference="REF-7"),
        ],
    ),
    ("proposal", [follow_up("Ask about the quotation", kind="call", after=2), document("Quotation")]),
)


def guided(guide: SalesGuide = GUIDE) -> SaleType:
    """The full process of six stages, led through the first three."""
    return evolve(superoffice.new_business(), id="guided", name="Guided", category="Led", guide=guide)


def led(*actions: Action, on: date = JAN_7, guide: SalesGuide = GUIDE) -> Sale:
    """Anna's sale to Acme under the guide, after these actions."""
    return told(superoffice_sale(guided(guide), company=ACME), *actions, on=on)


def newest(sale: Sale) -> Activity:
    return sale.activities[-1]


def view(sale: Sale) -> GuideView:
    """The guide tab of a sale that has one."""
    shown = guide_view(sale)
    assert shown is not None
    return shown


def row(sale: Sale, stage: str) -> StageRow:
    return next(row for row in view(sale).stages if row.stage == stage)


def line(sale: Sale, suggestion: str) -> GuideRow:
    """The row of one suggestion on the guide tab."""
    rows = (each for stage in view(sale).stages for each in (*stage.follow_ups, *stage.documents))
    return next(each for each in rows if each.suggestion.id == suggestion)


def shown_suggestions(sale: Sale) -> list[str]:
    return [each.suggestion.id for stage in view(sale).stages for each in (*stage.follow_ups, *stage.documents)]


def marks(sale: Sale) -> list[str]:
    return [row.mark for row in view(sale).stages]


# SO-G02: the ticks of the stages are positional.


def test_so_g02_in_first_meeting_lead_is_ticked_and_the_rest_open() -> None:
    sale = told(superoffice_sale(guides.prospects()), MoveTo("first-meeting"))
    assert [(row.name, row.mark) for row in view(sale).stages] == [
        ("Lead", "ticked"),
        ("First Meeting", "current"),
        ("Proposal", "open"),
        ("Second Meeting", "open"),
        ("Short List", "open"),
        ("Verbal Acceptance", "open"),
    ]


def test_moving_on_ticks_what_lies_behind_whatever_was_done_there() -> None:
    sale = led(MoveTo("proposal"))
    assert facts(marks(sale)[:3], sale.activities) == (["ticked", "ticked", "current"], ())


def test_moving_on_needs_nothing_to_be_finished() -> None:
    assert led(Plan("first-call"), Next()).stage == "first-meeting"


def test_moving_back_takes_the_ticks_away_again() -> None:
    assert marks(led(MoveTo("proposal"), Previous(), Previous()))[:3] == ["current", "open", "open"]


def test_a_sale_of_a_guided_type_starts_in_its_first_stage() -> None:
    assert led().stage == "lead"


def test_a_guided_sale_starts_in_the_first_stage_even_if_new_sales_of_the_type_start_elsewhere() -> None:
    elsewhere = evolve(guided(), default_stage="proposal")
    assert superoffice_sale(elsewhere).stage == "lead"


def test_all_stages_show_with_their_rows_and_one_is_the_current() -> None:
    sale = led()
    here = view(sale).current
    assert facts(here and here.stage, shown_suggestions(sale)) == (
        "lead",
        ["first-call", "meeting", "minutes", "confirmation", "ask-about-the-quotation", "quotation"],
    )


def test_an_unguided_sale_has_no_guide_tab() -> None:
    assert guide_view(superoffice_sale()) is None


# SO-G03 and section 3.5: the question whether to move on.


def in_first_meeting(advance: Advance = Advance.ALL_DONE) -> Sale:
    """The sale of the prospects' guide in First Meeting, with both suggested follow-ups planned."""
    kind = evolve(guides.prospects(), guide=evolve(guides.PROSPECTS, advance=advance))
    steps = (MoveTo("first-meeting"), Plan("first-meeting"), Plan("write-down-the-needs"))
    return told(superoffice_sale(kind), *steps)


def test_so_g03_when_every_follow_up_is_done_the_question_is_whether_to_go_to_proposal() -> None:
    offer = advance_offer(told(in_first_meeting(), CompleteActivity("A-1"), CompleteActivity("A-2")))
    assert offer == Next()


def test_so_g03_yes_moves_to_proposal() -> None:
    done = told(in_first_meeting(), CompleteActivity("A-1"), CompleteActivity("A-2"))
    offer = advance_offer(done)
    assert offer is not None
    assert told(done, offer).stage == "proposal"


def test_so_g03_no_keeps_the_stage() -> None:
    done = told(in_first_meeting(), CompleteActivity("A-1"), CompleteActivity("A-2"))
    assert facts(done.stage, told(done, AddActivity("Later")).stage) == ("first-meeting", "first-meeting")


def test_so_g03_the_last_follow_up_alone_is_not_all_of_them() -> None:
    assert advance_offer(told(in_first_meeting(), CompleteActivity("A-2"))) is None


def test_so_g03_by_the_lighter_rule_the_last_follow_up_is_enough() -> None:
    assert advance_offer(told(in_first_meeting(Advance.LAST_DONE), CompleteActivity("A-2"))) == Next()


def test_by_the_lighter_rule_an_earlier_follow_up_is_not_enough() -> None:
    assert advance_offer(told(in_first_meeting(Advance.LAST_DONE), CompleteActivity("A-1"))) is None


def test_by_the_lighter_rule_all_instances_of_the_last_one_are_done_first() -> None:
    twice = told(in_first_meeting(Advance.LAST_DONE), Plan("write-down-the-needs", another=True))
    once_done = told(twice, CompleteActivity("A-2"))
    assert [advance_offer(once_done), advance_offer(told(once_done, CompleteActivity("A-3")))] == [None, Next()]


def test_a_follow_up_made_twice_is_done_when_both_are() -> None:
    once = led(Plan("first-call"), CompleteActivity("A-1"))
    twice = told(once, Plan("first-call", another=True))
    assert [advance_offer(once), advance_offer(twice)] == [Next(), None]


def test_documents_that_are_not_there_hold_nothing_up() -> None:
    sale = led(MoveTo("proposal"), Plan("ask-about-the-quotation"), CompleteActivity("A-1"))
    assert advance_offer(sale) == Next()


def test_a_guide_can_leave_the_question_out() -> None:
    sale = led(Plan("first-call"), CompleteActivity("A-1"), guide=evolve(GUIDE, advance=Advance.NEVER))
    assert advance_offer(sale) is None


def test_nobody_asks_to_move_a_sale_on_that_is_not_open() -> None:
    done = led(Plan("first-call"), CompleteActivity("A-1"))
    assert [advance_offer(told(done, action)) for action in (Stall(), Sell())] == [None, None]


# Section 3.4: what a follow-up is prefilled with.


def test_a_planned_follow_up_takes_type_text_and_duration_from_the_guide() -> None:
    call = newest(led(Plan("first-call")))
    assert (call.kind, call.title, call.text, call.duration) == (
        ActivityKind.CALL,
        "First call",
        "Ask who decides.",
        timedelta(minutes=20),
    )


def test_a_planned_follow_up_is_with_the_sales_company_and_for_the_sales_owner() -> None:
    sale = superoffice_sale(guided(), company=ACME)
    call = newest(told(sale, Plan("first-call"), by="bob"))
    assert (call.company, call.owner, call.made_by) == ("acme", "anna", "bob")


def test_a_planned_follow_up_keeps_the_suggestion_that_it_came_from() -> None:
    assert newest(led(Plan("first-call"))).suggestion == "first-call"


def test_the_first_follow_up_has_nothing_to_count_from_and_is_due_now() -> None:
    assert newest(led(Plan("first-call"), on=JAN_8)).due == date(2025, 1, 8)


def test_a_follow_up_is_due_so_many_days_after_the_previous_one() -> None:
    sale = led(Plan("first-call", due=JAN_10), Plan("meeting"))
    assert newest(sale).due == date(2025, 1, 15)


def test_the_previous_follow_up_counts_by_its_own_day_not_by_the_day_it_was_done() -> None:
    sale = told(led(Plan("first-call", due=JAN_10)), CompleteActivity("A-1"), on=JAN_8)
    assert newest(told(sale, Plan("meeting"), on=JAN_8)).due == date(2025, 1, 15)


def test_days_are_chained_from_one_follow_up_to_the_next() -> None:
    sale = led(*map(Plan, ("first-call", "meeting", "minutes", "ask-about-the-quotation")))
    assert [activity.due for activity in sale.activities] == [
        date(2025, 1, 7),
        date(2025, 1, 12),
        date(2025, 1, 19),
        date(2025, 1, 21),
    ]


def test_without_the_previous_follow_up_the_next_is_due_now() -> None:
    assert newest(led(Plan("minutes"), on=JAN_8)).due == date(2025, 1, 8)


def test_a_day_that_has_passed_already_is_still_the_previous_day_plus_the_days() -> None:
    sale = led(Plan("first-call"))
    assert newest(told(sale, Plan("meeting"), on=JAN_20)).due == date(2025, 1, 12)


def test_create_now_ignores_the_days() -> None:
    sale = led(Plan("first-call", due=JAN_10), Plan("meeting", now=True), on=JAN_8)
    assert newest(sale).due == date(2025, 1, 8)


def test_everything_that_is_prefilled_can_be_changed() -> None:
    typed = Plan("first-call", kind="meeting", title="Visit", text="", duration=90, owner="bob", due=JAN_12)
    visit = newest(led(typed))
    assert (visit.kind, visit.title, visit.text, visit.duration, visit.owner, visit.due) == (
        ActivityKind.MEETING,
        "Visit",
        "",
        timedelta(minutes=90),
        "bob",
        date(2025, 1, 12),
    )


def test_a_document_takes_subject_reference_and_template_from_the_guide() -> None:
    letter = newest(led(Plan("confirmation")))
    assert (letter.title, letter.reference, letter.template) == ("Our meeting", "REF-7", "confirm.docx")


def test_a_document_is_completed_the_moment_it_is_created() -> None:
    assert newest(led(Plan("confirmation"), on=JAN_8)).done_on == date(2025, 1, 8)


def test_a_document_dated_ahead_is_still_completed_the_moment_it_is_created() -> None:
    assert newest(led(Plan("confirmation", due=JAN_20))).done_on == date(2025, 1, 7)


def test_several_of_one_suggestion_are_possible_when_asked_for() -> None:
    sale = led(Plan("first-call"), Plan("first-call", another=True))
    assert [activity.id for activity in line(sale, "first-call").activities] == ["A-1", "A-2"]


def test_a_suggestion_offers_create_and_then_create_another() -> None:
    assert [line(sale, "first-call").can_create for sale in (led(), led(Plan("first-call")))] == [
        "create",
        "create another",
    ]


def test_an_instance_can_be_edited_and_deleted() -> None:
    edited = led(Plan("first-call"), EditActivity("A-1", due=JAN_20))
    deleted = told(edited, DeleteActivity("A-1"))
    assert (newest(edited).due, deleted.activities) == (date(2025, 1, 20), ())


def test_a_deleted_instance_leaves_its_suggestion_to_be_created_again() -> None:
    assert line(led(Plan("first-call"), DeleteActivity("A-1")), "first-call").can_create == "create"


# Section 3.4: several completed at once.


def with_two_triggers() -> Sale:
    """A first call and a meeting are planned, and each would have the guide suggest what comes next."""
    twice = SalesGuide.of(
        ("lead", [follow_up("First call", kind="call"), follow_up("Second call", kind="call", auto=True)]),
        ("proposal", [follow_up("Quotation"), follow_up("Ask", kind="call", auto=True)]),
    )
    return led(Plan("first-call"), Plan("quotation"), AddActivity("Free"), guide=twice)


def test_two_activities_that_would_each_suggest_the_next_are_left_unticked() -> None:
    sale = told(with_two_triggers(), CompleteActivity(["A-1", "A-2"]))
    assert [activity.is_done for activity in sale.activities] == [False, False, False]


def test_what_triggers_nothing_is_ticked_among_those_that_are_left() -> None:
    sale = told(with_two_triggers(), CompleteActivity(["A-1", "A-2", "A-3"]))
    assert [activity.is_done for activity in sale.activities] == [False, False, True]


def test_what_is_left_unticked_is_reported_back() -> None:
    assert left_unticked(with_two_triggers(), ["A-1", "A-2", "A-3"]) == ("A-1", "A-2")


def test_only_one_that_would_suggest_the_next_is_ticked_with_the_others() -> None:
    sale = told(with_two_triggers(), CompleteActivity(["A-1", "A-3"]))
    assert [activity.is_done for activity in sale.activities] == [True, False, True]


def test_with_only_one_trigger_nothing_is_reported() -> None:
    assert left_unticked(with_two_triggers(), ["A-1", "A-3"]) == ()


def test_ticked_one_after_the_other_they_are_all_done() -> None:
    sale = told(with_two_triggers(), CompleteActivity("A-1"), CompleteActivity("A-2"))
    assert [activity.is_done for activity in sale.activities] == [True, True, False]


# Section 3.4: the next suggestion, and the four cases in which there is none.


def test_after_a_follow_up_comes_the_next_one_of_the_guide() -> None:
    following = next_suggestion(led(Plan("meeting"), CompleteActivity("A-1")), "A-1")
    assert following is not None
    assert following.name == "Minutes"


def test_after_the_last_follow_up_of_a_stage_comes_the_first_of_the_next_stage() -> None:
    following = next_suggestion(led(Plan("minutes"), CompleteActivity("A-1")), "A-1")
    assert following is not None
    assert following.name == "Ask about the quotation"


def test_a_sale_without_guide_has_no_next_suggestion() -> None:
    sale = told(superoffice_sale(), AddActivity("Call", kind="call"), CompleteActivity("A-1"))
    assert next_suggestion(sale, "A-1") is None


def test_an_activity_the_sale_does_not_have_has_no_next_suggestion() -> None:
    assert next_suggestion(led(Plan("first-call"), CompleteActivity("A-1")), "A-9") is None


def test_an_activity_that_no_guide_suggested_has_no_next_suggestion() -> None:
    assert next_suggestion(led(AddActivity("Call", kind="call"), CompleteActivity("A-1")), "A-1") is None


def test_after_the_last_suggestion_there_is_no_next_one() -> None:
    assert next_suggestion(led(Plan("ask-about-the-quotation"), CompleteActivity("A-1")), "A-1") is None


def test_an_activity_that_is_not_done_has_no_next_suggestion() -> None:
    assert next_suggestion(led(Plan("meeting")), "A-1") is None


def test_an_activity_that_is_not_done_has_a_next_suggestion_when_told_so() -> None:
    following = next_suggestion(led(Plan("meeting")), "A-1", unfinished=True)
    assert following is not None
    assert following.name == "Minutes"


def test_only_a_follow_up_marked_so_is_offered_by_itself() -> None:
    sale = led(Plan("meeting"), Plan("minutes"), CompleteActivity("A-2"))
    assert (next_suggestion(sale, "A-2") is not None, auto_suggestion(sale, "A-2")) == (True, None)


def test_a_follow_up_of_the_next_stage_is_offered_too() -> None:
    offered = auto_suggestion(led(Plan("first-call"), CompleteActivity("A-1")), "A-1")
    assert offered is not None
    assert offered.name == "Meeting"


# SO-G04 and section 3.6: changing the type of a running sale.


def away(kind: SaleType | None = None) -> Sale:
    """The sale in Proposal with a call done and a letter written, given another type."""
    done = led(MoveTo("proposal"), Plan("first-call"), CompleteActivity("A-1"), Plan("confirmation"))
    return told(done, ChangeType(superoffice.new_business() if kind is None else kind))


def test_switching_away_takes_the_guide_tab_away() -> None:
    assert guide_view(away()) is None


def test_switching_away_leaves_the_activities_and_documents() -> None:
    assert [activity.title for activity in away().activities] == ["First call", "Our meeting"]


def test_so_g04_switching_back_brings_the_rows_back_with_what_was_done() -> None:
    back = told(away(), ChangeType(guided()))
    found = [line(back, id).activities[0] for id in ("first-call", "confirmation")]
    assert [(activity.id, activity.is_done) for activity in found] == [("A-1", True), ("A-2", True)]


def test_so_g04_switching_there_and_back_adds_nothing() -> None:
    assert len(told(away(), ChangeType(guided())).activities) == 2


def test_so_g04_an_activity_done_in_the_meantime_is_ticked_on_return() -> None:
    planned = led(Plan("first-call"))
    back = told(planned, ChangeType(superoffice.new_business()), CompleteActivity("A-1"), ChangeType(guided()))
    assert line(back, "first-call").activities[0].is_done


def test_another_guided_type_does_not_take_over_what_the_first_one_led_to() -> None:
    other = evolve(guided(), id="other", name="Other")
    assert line(away(other), "first-call").activities == ()


def test_the_category_follows_the_type() -> None:
    assert [led().category, away().category] == ["Led", "Acquisition"]


def test_a_new_type_with_a_guide_starts_at_its_first_stage() -> None:
    assert told(superoffice_sale(stage="proposal"), ChangeType(guided())).stage == "lead"


def test_a_new_type_without_a_guide_keeps_a_stage_that_it_has() -> None:
    assert away().stage == "proposal"


def test_a_new_type_without_a_guide_starts_at_its_first_stage_when_it_lacks_the_present_one() -> None:
    in_lead = led()
    assert told(in_lead, ChangeType(superoffice.add_on())).stage == "first-meeting"


def test_a_change_of_type_never_touches_the_sale_date() -> None:
    assert [led().sale_date, told(led(), ChangeType(superoffice.add_on()), on=JAN_20).sale_date] == [APR_7, APR_7]


# Section 3.7: editing a guide while sales run. The desk keeps the types, so these are told at a desk.


@pytest.fixture
def desk() -> Iterator[Pipeline]:
    """A desk with one guided sale, S-1, that has a call done and a meeting planned."""
    catalog = superoffice.catalog().with_type(guided())
    with Pipeline.open(MemoryStorage(), catalog=catalog, user="anna") as opened:
        opened.add("120 desks", type="guided", id="S-1", currency="EUR", on=JAN_7)
        for action in (Plan("first-call"), CompleteActivity("A-1"), Plan("meeting")):
            opened.apply("S-1", action, on=JAN_7)
        yield opened


def regulate(desk: Pipeline, kind: SaleType) -> Sale:
    """The sale after an administrator has put an edited type in the catalog."""
    desk.change_catalog(desk.catalog.with_type(kind))
    return desk.get("S-1")


def with_stage_at(chance: int, *, retired: bool = False) -> SaleType:
    """The guided type with another percentage for Lead."""
    lead, *rest = guided().stages
    return evolve(guided(), stages=(evolve(lead, chance=chance, retired=retired), *rest))


def test_a_guide_that_is_put_aside_shows_and_suggests_nothing(desk: Pipeline) -> None:
    sale = regulate(desk, guided(GUIDE.deactivated()))
    assert (guide_view(sale), next_suggestion(sale, "A-1"), advance_offer(sale)) == (None, None, None)


def test_a_guide_that_is_put_aside_takes_no_activity_away(desk: Pipeline) -> None:
    sale = regulate(desk, guided(GUIDE.deactivated()))
    assert [activity.title for activity in sale.activities] == ["First call", "Meeting"]


def test_a_guide_that_is_put_aside_plans_nothing_more(desk: Pipeline) -> None:
    sale = regulate(desk, guided(GUIDE.deactivated()))
    assert (problem(sale, Plan("minutes")).code, is_on_offer(sale, Plan, on=JAN_7)) == ("no-guide", False)


def test_a_guide_in_use_again_brings_everything_back(desk: Pipeline) -> None:
    before = guide_view(desk.get("S-1"))
    regulate(desk, guided(GUIDE.deactivated()))
    assert guide_view(regulate(desk, guided(GUIDE.deactivated().reactivated()))) == before


def test_what_a_deleted_suggestion_has_led_to_survives(desk: Pipeline) -> None:
    sale = regulate(desk, guided(GUIDE.without_suggestion("first-call")))
    assert (line(sale, "first-call").activities[0].is_done, line(sale, "first-call").can_create) == (True, None)


def test_a_deleted_suggestion_is_not_planned_again(desk: Pipeline) -> None:
    sale = regulate(desk, guided(GUIDE.without_suggestion("first-call")))
    assert problem(sale, Plan("first-call", another=True)).code == "retired-suggestion"


def test_a_deleted_suggestion_that_led_to_nothing_is_gone_from_the_guide_tab(desk: Pipeline) -> None:
    assert "minutes" not in shown_suggestions(regulate(desk, guided(GUIDE.without_suggestion("minutes"))))


def test_deleting_a_suggestion_that_does_not_exist_names_those_there_are() -> None:
    with pytest.raises(UnknownEntry, match="first-call"):
        GUIDE.without_suggestion("second-call")


def test_a_new_percentage_of_a_stage_changes_no_running_sale(desk: Pipeline) -> None:
    assert (desk.get("S-1").probability, regulate(desk, with_stage_at(5)).probability) == (1, 1)


def test_a_new_percentage_of_a_stage_counts_from_the_next_time_it_is_entered(desk: Pipeline) -> None:
    sale = regulate(desk, with_stage_at(5))
    assert told(sale, Next(), Previous()).probability == 5


def test_a_sale_in_a_retired_stage_keeps_showing_it(desk: Pipeline) -> None:
    sale = regulate(desk, with_stage_at(1, retired=True))
    assert facts(sale.stage_name, row(sale, "lead").name, row(sale, "lead").mark) == ("Lead", "Lead", "current")


def test_a_retired_stage_can_be_left(desk: Pipeline) -> None:
    assert told(regulate(desk, with_stage_at(1, retired=True)), Next()).stage == "first-meeting"


def test_a_retired_stage_cannot_be_entered(desk: Pipeline) -> None:
    sale = told(regulate(desk, with_stage_at(1, retired=True)), Next())
    refused = problem(sale, MoveTo("lead"))
    assert (refused.code, "proposal" in refused.accepted) == ("retired-stage", True)


def with_proposal_retired() -> SaleType:
    """The guided type after Proposal was deleted from the list of stages (section 3.1)."""
    lead, meeting, proposal, *rest = guided().stages
    return evolve(guided(), stages=(lead, meeting, evolve(proposal, retired=True), *rest))


def test_a_retired_stage_vanishes_from_the_guide_of_a_sale_that_is_not_in_it(desk: Pipeline) -> None:
    assert "Proposal" not in [row.name for row in view(regulate(desk, with_proposal_retired())).stages]


def test_nothing_of_a_retired_stage_is_suggested_next(desk: Pipeline) -> None:
    sale = told(regulate(desk, with_proposal_retired()), Plan("minutes"), CompleteActivity("A-3"))
    assert next_suggestion(sale, "A-3") is None


def plannable(sale: Sale) -> tuple[str, ...]:
    """The suggestions that are on offer."""
    return next(offer.choices for offer in available(sale, on=JAN_7) if offer.action is Plan)


def test_nothing_of_a_retired_stage_can_be_planned(desk: Pipeline) -> None:
    sale = regulate(desk, with_proposal_retired())
    assert "ask-about-the-quotation" not in plannable(sale)


def test_the_question_whether_to_move_on_passes_over_a_retired_stage(desk: Pipeline) -> None:
    sale = told(regulate(desk, with_proposal_retired()), Next(), Plan("minutes"), CompleteActivity("A-2"))
    offer = advance_offer(told(sale, CompleteActivity("A-3")))
    assert offer is not None
    assert told(sale, offer).stage == "second-meeting"


def test_a_new_suggestion_shows_on_running_sales_at_once(desk: Pipeline) -> None:
    more = GUIDE.with_suggestion("lead", follow_up("Send flowers", kind="task"))
    assert line(regulate(desk, guided(more)), "send-flowers").can_create == "create"


# Section 2.5: the follow-up proposed on stalling.


def stalled() -> Sale:
    return led(MoveTo("proposal"), Stall(date(2025, 6, 2), "budget"))


def proposed(sale: Sale) -> Activity:
    """The follow-up as it is proposed, made."""
    proposal = reopen_follow_up(sale)
    assert proposal is not None
    return newest(told(sale, proposal, by="bob"))


def test_the_proposed_follow_up_is_on_the_reopen_date_for_the_owner() -> None:
    made = proposed(stalled())
    assert (made.due, made.owner, made.is_planned) == (date(2025, 6, 2), "anna", True)


def test_the_proposed_follow_up_tells_of_the_stalled_sale() -> None:
    made = proposed(stalled())
    told_of = f"{made.title} {made.text}"
    assert all(words in told_of for words in ("120 desks", "Proposal"))


def test_the_proposed_follow_up_names_the_reason_as_people_know_it() -> None:
    sale = led(Stall(date(2025, 6, 2), "waiting-for-decision"))
    assert "Waiting for decision" in proposed(sale).text


def test_the_proposed_follow_up_may_be_skipped() -> None:
    assert (stalled().status, stalled().activities) == (Status.STALLED, ())


def test_for_a_sale_that_is_not_stalled_no_follow_up_is_proposed() -> None:
    assert reopen_follow_up(led()) is None


def test_the_proposed_follow_up_does_not_reopen_the_sale_when_it_is_done() -> None:
    sale = stalled()
    proposal = reopen_follow_up(sale)
    assert proposal is not None
    assert told(sale, proposal, CompleteActivity("A-1")).status is Status.STALLED


# What cannot be: each fault says what is wrong and what would work, and changes nothing.


def busy() -> Sale:
    """A sale with a call planned (A-1), a meeting done (A-2), minutes cancelled (A-3) and a note (A-4)."""
    return led(
        Plan("first-call"),
        Plan("meeting"),
        CompleteActivity("A-2"),
        Plan("minutes"),
        CancelActivity("A-3"),
        AddActivity("They like oak", kind="note"),
    )


def at(day: int) -> datetime:
    return datetime(2025, 1, day, 9, tzinfo=UTC)


# The action, the code, the field and a word of what the text says would work.
FAULTS: list[tuple[Action, str, str, str]] = [
    (Plan("qualify-the-lead"), "unknown-suggestion", "suggestion", "'first-call'"),
    (Plan("first-call"), "already-planned", "suggestion", "another"),
    (Plan("ask-about-the-quotation", kind="note"), "unfit-kind", "kind", "'meeting'"),
    (Plan("quotation", kind="call"), "unfit-kind", "kind", "'letter'"),
    (Plan("ask-about-the-quotation", kind="lunch"), "invalid-value", "kind", "'meeting'"),
    (Plan("ask-about-the-quotation", due=JAN_8, reminder=at(9)), "after-due", "reminder", "2025-01-08"),
    (AddActivity("Call", due=JAN_8, start=at(9)), "after-due", "start", "2025-01-08"),
    (AddActivity("Call", due=JAN_8, reminder=at(9)), "after-due", "reminder", "2025-01-08"),
    (AddActivity("Call", reminder=datetime(2025, 1, 7, 9)), "invalid-value", "reminder", "tzinfo"),  # noqa: DTZ001
    (AddActivity(""), "invalid-value", "title", "type some text"),
    (AddActivity("Call", duration=-5), "invalid-value", "duration", "minutes"),
    (EditActivity("A-1", start=at(9)), "after-due", "start", "2025-01-07"),
    (EditActivity("A-9", title="Visit"), "unknown-activity", "activity", "'A-1'"),
    (EditActivity("A-4", kind="call"), "unfit-kind", "kind", "'phone-log'"),
    (CompleteActivity("A-3"), "activity-cancelled", "activities", "reopen"),
    (CompleteActivity("A-9"), "unknown-activity", "activities", "'A-1'"),
    (CompleteActivity([]), "required-of-list", "activities", "use"),
    (CompleteActivity("A-1", done_on=JAN_8), "done-in-future", "done_on", "2025-01-07"),
    (CancelActivity("A-2"), "activity-done", "activities", "reopen"),
    (CancelActivity("A-9"), "unknown-activity", "activities", "'A-1'"),
    (ReopenActivity("A-4"), "always-done", "activities", "delete"),
    (ReopenActivity("A-9"), "unknown-activity", "activities", "'A-1'"),
    (DeleteActivity("A-9"), "unknown-activity", "activities", "'A-1'"),
]


@pytest.mark.parametrize(("action", "code", "field", "works"), FAULTS, ids=str)
def test_a_fault_names_its_field_and_what_would_work(action: Action, code: str, field: str, works: str) -> None:
    found = problem(busy(), action)
    assert (found.code, found.field, works in str(found)) == (code, field, True)


@pytest.mark.parametrize("action", [action for action, *_ in FAULTS], ids=str)
def test_a_refusal_changes_nothing(action: Action) -> None:
    sale = busy()
    refusal(sale, action)
    assert sale == busy()


def test_a_suggestion_of_another_type_names_the_type_and_those_of_its_own() -> None:
    found = problem(superoffice_sale(guides.prospects()), Plan("minutes-of-the-meeting"))
    assert (found.code, "prospects" in str(found), "first-call" in found.accepted) == ("unknown-suggestion", True, True)


def test_without_a_guide_there_is_nothing_to_plan_but_activities_can_be_added() -> None:
    found = problem(superoffice_sale(), Plan("first-call"))
    assert (found.code, "add an activity" in str(found)) == ("no-guide", True)


def test_a_completed_sale_takes_no_activity_and_says_what_is_possible() -> None:
    found = problem(led(Sell(), Complete()), Plan("first-call"))
    assert (found.code, found.accepted) == ("no-such-step", ("Uncomplete",))


def test_two_problems_come_back_at_once() -> None:
    found = refusal(busy(), CompleteActivity(["A-3", "A-9"], done_on=JAN_20)).problems
    assert {each.code for each in found} == {"activity-cancelled", "unknown-activity", "done-in-future"}


def test_a_bad_kind_and_an_unknown_suggestion_come_back_at_once() -> None:
    found = refusal(busy(), Plan("qualify-the-lead", kind="lunch")).problems
    assert {each.field for each in found} == {"kind", "suggestion"}


# Guides that cannot be.


def test_a_guide_that_suggests_nothing_is_refused() -> None:
    with pytest.raises(BrokenTable, match="at least one follow-up or document"):
        SalesGuide.of(("lead", []), ("proposal", []))


def test_a_guide_without_stages_is_refused() -> None:
    with pytest.raises(BrokenTable, match="at least one follow-up or document"):
        SalesGuide.of()


def test_a_guide_that_comes_back_to_a_stage_is_refused() -> None:
    with pytest.raises(BrokenTable, match=r"'lead' stands twice.*circle"):
        SalesGuide.of(("lead", [follow_up("Call")]), ("proposal", [follow_up("Quote")]), ("lead", [follow_up("Again")]))


def test_a_guide_with_two_suggestions_of_one_id_is_refused() -> None:
    with pytest.raises(BrokenTable, match="'call' stands twice"):
        SalesGuide.of(("lead", [follow_up("Call"), follow_up("Call")]))


def test_a_guide_for_a_stage_that_the_type_lacks_is_refused() -> None:
    with pytest.raises(BrokenTable, match="closing"):
        guided(SalesGuide.of(("closing", [follow_up("Call")])))


def test_a_guide_needs_at_least_two_stages_in_its_type() -> None:
    with pytest.raises(BrokenTable, match="at least two stages"):
        evolve(guided(SalesGuide.of(("lead", [follow_up("Call")]))), stages=superoffice.STAGES[:1])


def test_a_note_cannot_be_suggested_as_a_follow_up() -> None:
    with pytest.raises(BrokenTable, match="note is not something to plan"):
        follow_up("They like oak", kind="note")


def test_all_faults_of_a_guide_come_back_at_once() -> None:
    with pytest.raises(BrokenTable) as caught:
        SalesGuide.of(("lead", [follow_up("Call"), follow_up("Call")]), ("lead", [follow_up("Again")]))
    assert len(caught.value.faults) == 2


# What is given, one too many or too few, and the field that says so.
TOO_MUCH: list[tuple[Callable[[], object], str]] = [
    (lambda: follow_up("x" * 240, id="call"), "name of a suggestion"),
    (lambda: follow_up("Call", purpose="x" * 255), "purpose"),
    (lambda: follow_up("Call", text="x" * 2048), "text"),
    (lambda: document("Letter", subject="x" * 220), "subject"),
    (lambda: document("Letter", reference="x" * 100), "reference"),
    (lambda: follow_up("Call", after=-1), "date formula"),
]


@pytest.mark.parametrize(("make", "field"), TOO_MUCH, ids=[field for _, field in TOO_MUCH])
def test_what_a_suggestion_holds_has_its_limits(make: Callable[[], object], field: str) -> None:
    with pytest.raises(InvalidValue) as caught:
        make()
    assert caught.value.field == field


def test_texts_of_just_the_longest_length_are_taken() -> None:
    call = follow_up("x" * 239, id="call", purpose="x" * 254, text="x" * 2047)
    letter = document("x" * 239, id="letter", subject="x" * 219, reference="x" * 99)
    assert (len(call.text), len(letter.subject)) == (2047, 219)
