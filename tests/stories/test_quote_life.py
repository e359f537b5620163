"""What can be done with a quote wherever it stands, and how it is approved (SuperOffice, 5.2, 5.4)."""

from datetime import date

import pytest
from tests.stories.offering import APR_3, WARNING, active, asking, codes, line_of, quote_of, quoted, standing_at
from tests.stories.telling import JAN_7, facts, is_on_offer, told

from salespipeline import Action, ActivityKind, Lose, Sale
from salespipeline.quoting import (
    AddAlternative,
    AddQuoteLine,
    Approve,
    CancelRequest,
    ChooseFavourite,
    Disapprove,
    EditAlternative,
    EditQuoteLine,
    LoseQuote,
    NewVersion,
    OrderAlternatives,
    PlaceOrder,
    PlaceOrderOnly,
    QuoteCheck,
    QuotePolicy,
    QuoteStanding,
    RemoveAlternative,
    RemoveQuoteLine,
    RequestApproval,
    SendQuote,
    UpdatePrices,
    Validate,
)

RAW, DRAFT = QuoteStanding.NOT_CALCULATED, QuoteStanding.CALCULATED
ASKING, APPROVED, REJECTED = QuoteStanding.NEEDS_APPROVAL, QuoteStanding.APPROVED, QuoteStanding.REJECTED
SENT, SOLD, LOST = QuoteStanding.SENT, QuoteStanding.SOLD, QuoteStanding.LOST
DRAFTS = (RAW, DRAFT, ASKING, APPROVED, REJECTED)
LOCKED = (SENT, SOLD, LOST)
STANDINGS = (*DRAFTS, *LOCKED)

EDITS: list[Action] = [
    AddQuoteLine("Lamp", quantity=1),
    EditQuoteLine("L-2", quantity=2),
    RemoveQuoteLine("L-2"),
    AddAlternative("Large"),
    EditAlternative(name="Desks"),
    RemoveAlternative("ALT-1"),
    OrderAlternatives(["ALT-1"]),
    ChooseFavourite("ALT-1"),
    UpdatePrices(),
]


def by_name(each: object) -> str:
    """What a case is shown as."""
    return each.name if isinstance(each, QuoteStanding) else type(each).__name__


# The columns of the table of 5.2: editable, may send, may order.


@pytest.mark.parametrize("standing", LOCKED, ids=by_name)
@pytest.mark.parametrize("edit", EDITS, ids=by_name)
def test_what_left_the_house_is_not_edited(standing: QuoteStanding, edit: Action) -> None:
    code = "quote-locked" if standing is QuoteStanding.SOLD else "quote-not-editable"
    assert codes(standing_at(standing), edit) == [code]


@pytest.mark.parametrize("standing", DRAFTS, ids=by_name)
@pytest.mark.parametrize("edit", [each for each in EDITS if not isinstance(each, RemoveAlternative)], ids=by_name)
def test_every_draft_is_edited(standing: QuoteStanding, edit: Action) -> None:
    sale = standing_at(standing)
    edited = told(sale, edit)
    assert edited is sale or active(edited).standing is RAW


@pytest.mark.parametrize("standing", DRAFTS, ids=by_name)
def test_an_edit_of_a_draft_takes_its_approval_and_findings_with_it(standing: QuoteStanding) -> None:
    edited = active(told(standing_at(standing), EditQuoteLine("L-2", quantity=2)))
    assert facts(edited.standing, edited.approval, edited.findings) == (RAW, None, ())


REFUSED_TO_SEND = {
    RAW: "quote-not-validated",
    ASKING: "quote-not-approved",
    REJECTED: "no-such-quote-step",
    SENT: "quote-sent-already",
    SOLD: "no-such-quote-step",
    LOST: "no-such-quote-step",
}
REFUSED_TO_ORDER = {
    RAW: "quote-not-validated",
    ASKING: "quote-not-approved",
    REJECTED: "no-such-quote-step",
    SOLD: "no-such-quote-step",
    LOST: "no-such-quote-step",
}


@pytest.mark.parametrize("standing", STANDINGS, ids=by_name)
def test_only_a_clean_or_approved_draft_is_sent(standing: QuoteStanding) -> None:
    sale = standing_at(standing)
    if standing in (DRAFT, APPROVED):
        assert active(told(sale, SendQuote())).standing is SENT
    else:
        assert codes(sale, SendQuote()) == [REFUSED_TO_SEND[standing]]


@pytest.mark.parametrize("standing", STANDINGS, ids=by_name)
@pytest.mark.parametrize("order", [PlaceOrder(), PlaceOrderOnly()], ids=by_name)
def test_only_a_clean_or_approved_draft_or_what_was_sent_is_ordered(standing: QuoteStanding, order: Action) -> None:
    sale = standing_at(standing)
    if standing in (DRAFT, APPROVED, SENT):
        assert active(told(sale, order)).standing is SOLD
    else:
        assert codes(sale, order) == [REFUSED_TO_ORDER[standing]]


@pytest.mark.parametrize("standing", STANDINGS, ids=by_name)
def test_on_offer_is_what_the_table_allows(standing: QuoteStanding) -> None:
    sale = standing_at(standing)
    offered = [action for action in (AddQuoteLine, SendQuote, PlaceOrder) if is_on_offer(sale, action, JAN_7)]
    expected = {
        RAW: [AddQuoteLine],
        DRAFT: [AddQuoteLine, SendQuote, PlaceOrder],
        ASKING: [AddQuoteLine],
        APPROVED: [AddQuoteLine, SendQuote, PlaceOrder],
        REJECTED: [AddQuoteLine],
        SENT: [PlaceOrder],
        SOLD: [],
        LOST: [],
    }
    assert offered == expected[standing]


def test_an_expired_quote_can_still_be_ordered() -> None:
    late = date(2025, 6, 1)
    sale = standing_at(SENT)
    assert active(sale).label(late) == "sent - expired"
    assert active(told(sale, PlaceOrder(), on=late)).standing is SOLD


@pytest.mark.parametrize("standing", [APPROVED, REJECTED], ids=by_name)
def test_validating_takes_no_decision_back(standing: QuoteStanding) -> None:
    assert active(told(standing_at(standing), Validate())).standing is standing


@pytest.mark.parametrize("standing", LOCKED, ids=by_name)
def test_what_is_no_draft_is_not_validated(standing: QuoteStanding) -> None:
    assert codes(standing_at(standing), Validate()) == ["no-such-quote-step"]


@pytest.mark.parametrize("standing", [RAW, DRAFT, ASKING, APPROVED, REJECTED, SENT], ids=by_name)
def test_the_customer_may_decline_what_is_not_ordered(standing: QuoteStanding) -> None:
    sale = told(standing_at(standing), LoseQuote())
    assert (active(sale).standing, sale.is_closed) == (LOST, False)


@pytest.mark.parametrize("standing", [SOLD, LOST], ids=by_name)
def test_what_is_decided_is_not_declined(standing: QuoteStanding) -> None:
    assert codes(standing_at(standing), LoseQuote()) == ["no-such-quote-step"]


def test_losing_the_sale_leaves_the_quote_unless_the_type_says_otherwise() -> None:
    policies = [QuotePolicy(), QuotePolicy(lost_with_sale=True)]
    sales = [told(quoted(Validate(), SendQuote(), policy=policy), Lose()) for policy in policies]
    assert [active(sale).standing for sale in sales] == [SENT, LOST]


# Approval (5.4).


def test_who_is_asked_has_something_to_do() -> None:
    sale = told(asking(), RequestApproval("ben", comment="the margin is thin"))
    approval = active(sale).approval
    assert approval is not None
    assert (approval.asked_by, approval.asked_on, approval.approver) == ("anna", JAN_7, "ben")
    assert (approval.comment, approval.approved) == ("the margin is thin", None)
    (task,) = sale.activities
    assert (task.kind, task.owner, task.text) == (ActivityKind.TASK, "ben", "the margin is thin")


def test_asking_does_not_approve() -> None:
    assert codes(told(asking(), RequestApproval("ben")), SendQuote()) == ["quote-not-approved"]


@pytest.mark.parametrize(("decide", "approved"), [(Approve("fine"), True), (Disapprove("fine"), False)], ids=by_name)
def test_who_decided_when_and_why_is_kept(decide: Action, approved: bool) -> None:
    sale = told(told(asking(), RequestApproval("ben")), decide, on=APR_3, by="ben")
    approval = active(sale).approval
    assert approval is not None
    assert (approval.approved, approval.text, approval.decided_on) == (approved, "fine", APR_3)
    assert (approval.decided_by, approval.registered_by) == ("ben", "ben")
    assert (approval.asked_by, approval.asked_on) == ("anna", JAN_7)


@pytest.mark.parametrize("decide", [Approve("by phone", by="ben"), Disapprove("by phone", by="ben")], ids=by_name)
def test_a_decision_by_phone_is_written_down_by_somebody_else(decide: Action) -> None:
    approval = active(told(asking(), decide)).approval
    assert approval is not None
    assert (approval.decided_by, approval.registered_by) == ("ben", "anna")


BOSS = QuotePolicy(warns_of={QuoteCheck.BELOW_COST}, approvers={"ben", "eve"})


def for_the_boss() -> Sale:
    line = AddQuoteLine("Desk", quantity=1, list_price=1, cost=2)
    return quoted(line, Validate(), policy=BOSS)


@pytest.mark.parametrize(
    "action",
    [RequestApproval("jo"), Approve(), Disapprove(), Approve(by="jo"), Disapprove(by="jo")],
    ids=["ask", "approve", "disapprove", "approve by phone", "disapprove by phone"],
)
def test_only_who_may_is_asked_or_decides(action: Action) -> None:
    assert codes(for_the_boss(), action) == ["not-approver"]


def test_who_may_does() -> None:
    asked = told(for_the_boss(), RequestApproval("eve"))
    assert active(told(asked, Approve(), by="ben")).standing is APPROVED
    assert active(told(asked, Approve(by="eve"))).standing is APPROVED


def test_where_nobody_is_named_anybody_may() -> None:
    assert active(told(asking(), Approve(), by="jo")).standing is APPROVED


def test_a_request_can_be_taken_back() -> None:
    sale = told(asking(), RequestApproval("ben"), CancelRequest())
    assert (active(sale).approval, active(sale).standing) == (None, ASKING)


def test_without_a_request_there_is_none_to_take_back() -> None:
    assert codes(asking(), CancelRequest()) == ["no-request"]


@pytest.mark.parametrize("standing", [APPROVED, REJECTED], ids=by_name)
@pytest.mark.parametrize("action", [Approve(), Disapprove(), RequestApproval("ben")], ids=by_name)
def test_what_is_decided_is_decided(standing: QuoteStanding, action: Action) -> None:
    assert codes(standing_at(standing), action) == ["no-such-quote-step"]


def test_a_request_that_was_decided_is_not_taken_back() -> None:
    sale = told(asking(), RequestApproval("ben"), Approve())
    assert codes(sale, CancelRequest()) == ["no-such-quote-step", "no-request"]


def test_an_approved_quote_that_is_edited_has_to_be_approved_again() -> None:
    edited = told(standing_at(APPROVED), EditQuoteLine("L-2", quantity=2), Validate())
    assert (active(edited).standing, active(edited).approval) == (ASKING, None)


def test_what_was_not_approved_is_mended_and_sent() -> None:
    mended = told(standing_at(REJECTED), EditQuoteLine("L-2", list_price=6_000), Validate(), SendQuote())
    assert active(mended).standing is SENT


def test_a_new_version_of_what_was_approved_has_to_be_approved_itself() -> None:
    sale = told(standing_at(APPROVED), SendQuote(), NewVersion(), Validate())
    assert [(each.standing, each.approval is None) for each in quote_of(sale).versions] == [
        (QuoteStanding.ARCHIVED, False),
        (ASKING, True),
    ]


def test_approving_changes_no_price() -> None:
    sale = asking()
    assert (line_of(told(sale, Approve())), told(sale, Approve()).amount) == (line_of(sale), sale.amount)


def test_a_clean_quote_needs_nobody() -> None:
    assert codes(quoted(Validate(), policy=WARNING), RequestApproval("ben")) == ["no-such-quote-step"]
