"""The life of a quote's version against the table of the SuperOffice reference (5.2), written down by hand."""

import pytest

from salespipeline.errors import BrokenTable
from salespipeline.quoting import QUOTE_LIFECYCLE, QuoteLifecycle, QuoteRow, QuoteStanding, QuoteStep

RAW, DRAFT = QuoteStanding.NOT_CALCULATED, QuoteStanding.CALCULATED
ASKING, APPROVED, REJECTED = QuoteStanding.NEEDS_APPROVAL, QuoteStanding.APPROVED, QuoteStanding.REJECTED
SENT, SOLD, LOST, ARCHIVED = QuoteStanding.SENT, QuoteStanding.SOLD, QuoteStanding.LOST, QuoteStanding.ARCHIVED

# Where each step leads, from each standing that knows it.
TABLE: dict[QuoteStep, dict[QuoteStanding, QuoteStanding]] = {
    QuoteStep.EDIT: {RAW: RAW, DRAFT: RAW, ASKING: RAW, APPROVED: RAW, REJECTED: RAW},
    QuoteStep.CLEAN: {RAW: DRAFT, DRAFT: DRAFT, ASKING: DRAFT, APPROVED: APPROVED, REJECTED: REJECTED},
    QuoteStep.WARN: {RAW: ASKING, DRAFT: ASKING, ASKING: ASKING, APPROVED: APPROVED, REJECTED: REJECTED},
    QuoteStep.FAIL: {RAW: RAW, DRAFT: RAW, ASKING: RAW, APPROVED: APPROVED, REJECTED: REJECTED},
    QuoteStep.APPROVE: {ASKING: APPROVED},
    QuoteStep.REJECT: {ASKING: REJECTED},
    QuoteStep.SEND: {DRAFT: SENT, APPROVED: SENT},
    QuoteStep.RENEW: {SENT: ARCHIVED, LOST: ARCHIVED, ARCHIVED: ARCHIVED},
    QuoteStep.ORDER: {DRAFT: SOLD, APPROVED: SOLD, SENT: SOLD},
    QuoteStep.CANCEL_ORDER: {SOLD: LOST},
    QuoteStep.LOSE: {RAW: LOST, DRAFT: LOST, ASKING: LOST, APPROVED: LOST, REJECTED: LOST, SENT: LOST},
    QuoteStep.ARCHIVE: {
        RAW: ARCHIVED,
        DRAFT: ARCHIVED,
        ASKING: ARCHIVED,
        APPROVED: ARCHIVED,
        REJECTED: ARCHIVED,
        SENT: ARCHIVED,
        LOST: ARCHIVED,
        ARCHIVED: ARCHIVED,
    },
}


@pytest.mark.parametrize("standing", QuoteStanding, ids=lambda each: each.name)
@pytest.mark.parametrize("step", QuoteStep, ids=lambda each: each.name)
def test_every_step_leads_where_it_should_or_nowhere(standing: QuoteStanding, step: QuoteStep) -> None:
    row = QUOTE_LIFECYCLE.row(standing, step)
    assert (row.target if row else None) is TABLE[step].get(standing)


# The columns of 5.2, of the standings in its order.
COLUMNS = [
    (RAW, "edit"),
    (DRAFT, "edit send order"),
    (ASKING, "edit"),
    (APPROVED, "edit send order"),
    (REJECTED, "edit"),
    (SENT, "order"),
    (ARCHIVED, ""),
    (LOST, ""),
    (SOLD, ""),
]


@pytest.mark.parametrize(("standing", "may"), COLUMNS, ids=lambda each: getattr(each, "name", None))
def test_what_a_version_may_is_said_by_where_it_stands(standing: QuoteStanding, may: str) -> None:
    steps = {"edit": QuoteStep.EDIT, "send": QuoteStep.SEND, "order": QuoteStep.ORDER}
    assert " ".join(name for name, step in steps.items() if QUOTE_LIFECYCLE.row(standing, step)) == may
    assert standing.is_draft is ("edit" in may)


def test_a_version_begins_as_a_draft_that_is_not_calculated() -> None:
    assert QUOTE_LIFECYCLE.initial is RAW


def test_only_deleting_the_order_leads_out_of_sold() -> None:
    assert [row.step for row in QUOTE_LIFECYCLE.leaving(SOLD)] == [QuoteStep.CANCEL_ORDER]


def test_an_archived_version_stays_in_the_archive() -> None:
    assert {row.target for row in QUOTE_LIFECYCLE.leaving(ARCHIVED)} == {ARCHIVED}


def test_what_is_sent_is_never_a_draft_again() -> None:
    reached, fresh = set[QuoteStanding](), {SENT}
    while fresh:
        reached |= fresh
        fresh = {row.target for row in QUOTE_LIFECYCLE.rows if row.source in fresh} - reached
    assert not any(standing.is_draft for standing in reached)


def test_every_row_says_why() -> None:
    assert not [row for row in QUOTE_LIFECYCLE.rows if not row.because]


# A table checks itself when it is made.


def faults_of(*rows: QuoteRow) -> tuple[str, ...]:
    with pytest.raises(BrokenTable, match="quote lifecycle 'mine'") as caught:
        QuoteLifecycle("mine", rows)
    return caught.value.faults


WHOLE = (QuoteRow(RAW, QuoteStep.CLEAN, DRAFT), QuoteRow(DRAFT, QuoteStep.ORDER, SOLD))


def test_a_small_table_can_be_whole() -> None:
    assert QuoteLifecycle("mine", WHOLE).leaving(DRAFT) == WHOLE[1:]


def test_a_cell_twice_is_a_fault() -> None:
    assert faults_of(*WHOLE, QuoteRow(DRAFT, QuoteStep.ORDER, LOST)) == ("'place order' from 'draft' stands twice",)


def test_a_standing_out_of_reach_is_a_fault() -> None:
    stray = QuoteRow(SENT, QuoteStep.LOSE, LOST)
    assert set(faults_of(*WHOLE, stray)) == {
        f"'{standing}' cannot be reached from 'draft, not calculated'" for standing in ("sent", "lost")
    }


def test_a_version_without_an_end_is_a_fault() -> None:
    endless = (QuoteRow(DRAFT, QuoteStep.SEND, SENT), QuoteRow(SENT, QuoteStep.EDIT, SENT))
    assert faults_of(*WHOLE, *endless) == ("a version that is 'sent' can never be sold, lost or archived",)


def test_all_faults_are_told_at_once() -> None:
    twice = QuoteRow(RAW, QuoteStep.CLEAN, RAW)
    stray = QuoteRow(SENT, QuoteStep.EDIT, SENT)
    assert len(faults_of(*WHOLE, twice, stray)) == 3
