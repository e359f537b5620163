"""The guide tab as people read it, and planning ahead."""

from datetime import date

from attrs import evolve
from tests.insight.deals import REGISTERED

from salespipeline import (
    CompleteActivity,
    Next,
    Plan,
    Sale,
    SalesGuide,
    StageGuide,
    apply,
    document,
    follow_up,
    register,
    weeks,
)
from salespipeline.insight import guide_view, planned_dates, preview
from salespipeline.presets import guides, superoffice

TYPE = evolve(
    superoffice.new_business(),
    guide=SalesGuide(
        stages=[
            StageGuide("lead", [follow_up("Call", kind="call", after=2)], [document("Letter")], duration=weeks(2)),
            StageGuide(
                "first-meeting", [follow_up("Meet", after="1W"), follow_up("Report", after=1)], duration=weeks(1)
            ),
            StageGuide("proposal", [follow_up("Ask", after=3)], starts="CM+1D"),
        ]
    ),
)


def led(*steps: object) -> Sale:
    sale = register(TYPE, id="S-1", title="Desks", on=REGISTERED, currency="EUR")
    for step in steps:
        sale = apply(sale, step, on=REGISTERED)  # type: ignore[arg-type]  # actions all
    return sale


def test_the_tab_reads_like_a_list_to_tick() -> None:
    sale = led(Plan("call", due=date(2025, 1, 9)), CompleteActivity("A-1"), Plan("letter"), Next())
    text = str(guide_view(sale)).splitlines()
    assert text[:6] == [
        "[x] Lead, 100 %",
        "      A-1 call 'Call', done 2025-01-07",
        "      A-2 document 'Letter', done 2025-01-07",
        "[>] First Meeting, 0 %",
        "      + Meet",
        "      + Report",
    ]


def test_the_current_stage_says_when_it_should_end() -> None:
    view = guide_view(led(Next()))
    assert view is not None
    assert view.current is not None
    assert [row.ends for row in view.stages[:3]] == [None, date(2025, 1, 14), None]


def days(planned: object) -> list[tuple[str, date, list[date]]]:
    return [(each.stage, each.starts, [on for _, on in each.follow_ups]) for each in planned]  # type: ignore[attr-defined]


def test_a_preview_counts_stages_by_length_or_formula_and_follow_ups_from_each_other() -> None:
    assert days(preview(TYPE, date(2025, 1, 7)))[:3] == [
        ("lead", date(2025, 1, 7), [date(2025, 1, 7)]),
        ("first-meeting", date(2025, 1, 21), [date(2025, 1, 28), date(2025, 1, 29)]),
        ("proposal", date(2025, 2, 1), [date(2025, 2, 4)]),
    ]


def test_a_preview_shows_the_documents_too() -> None:
    assert [each.name for each in preview(TYPE, date(2025, 1, 7))[0].documents] == ["Letter"]


def test_what_is_planned_already_has_its_own_day() -> None:
    sale = led(Plan("call", due=date(2025, 1, 9)), Next(), Plan("meet", due=date(2025, 1, 20)))
    assert days(planned_dates(sale, REGISTERED))[0] == (
        "first-meeting",
        date(2025, 1, 20),
        [date(2025, 1, 20), date(2025, 1, 21)],
    )


def test_what_is_planned_next_is_due_when_the_dates_said() -> None:
    sale = led(Plan("call", due=date(2025, 1, 9)), Next())
    (_, _, (said, *_)) = days(planned_dates(sale, REGISTERED))[0]
    assert apply(sale, Plan("meet"), on=REGISTERED).activities[-1].due == said == date(2025, 1, 16)


def test_a_long_process_is_planned_within_its_stages() -> None:
    for stage in preview(guides.long_processes(), date(2026, 3, 2)):
        assert all(on >= stage.starts for _, on in stage.follow_ups)


def test_a_type_without_active_guide_plans_nothing() -> None:
    assert preview(superoffice.new_business(), REGISTERED) == ()
    assert guide_view(evolve(led(), type=superoffice.new_business())) is None
