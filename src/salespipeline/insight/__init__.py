"""Questions about sales: pure functions over any number of them; the day is always a parameter."""

from salespipeline.insight.communication import CommunicationItem, company_history, person_history
from salespipeline.insight.follow_up import (
    Counts,
    DiaryRow,
    Due,
    Reminder,
    counts,
    diary,
    due_within,
    forgotten,
    is_overdue,
    next_activity,
    planned,
    reminders,
    without_follow_up,
)
from salespipeline.insight.forecast import Cell, Contribution, Forecast, forecast
from salespipeline.insight.guide import GuideView, PlannedStage, advance_offer, guide_view, planned_dates, preview
from salespipeline.insight.overview import OverviewRow, grouped, overview, text_table
from salespipeline.insight.timeline import Pushes, as_of, days_in_stage, days_open, days_per_stage, pushes
from salespipeline.insight.win_rate import WinRate, win_rate, win_rates

__all__ = [
    "Cell",
    "CommunicationItem",
    "Contribution",
    "Counts",
    "DiaryRow",
    "Due",
    "Forecast",
    "GuideView",
    "OverviewRow",
    "PlannedStage",
    "Pushes",
    "Reminder",
    "WinRate",
    "advance_offer",
    "as_of",
    "company_history",
    "counts",
    "days_in_stage",
    "days_open",
    "days_per_stage",
    "diary",
    "due_within",
    "forecast",
    "forgotten",
    "grouped",
    "guide_view",
    "is_overdue",
    "next_activity",
    "overview",
    "person_history",
    "planned",
    "planned_dates",
    "preview",
    "pushes",
    "reminders",
    "text_table",
    "win_rate",
    "win_rates",
    "without_follow_up",
]
