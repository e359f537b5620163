"""Questions about sales: pure functions over any number of them; the day is always a parameter."""

from salespipeline.insight.forecast import Cell, Contribution, Forecast, forecast
from salespipeline.insight.overview import OverviewRow, grouped, is_overdue, next_activity, overview, text_table
from salespipeline.insight.timeline import Pushes, as_of, days_in_stage, days_open, days_per_stage, pushes
from salespipeline.insight.win_rate import WinRate, win_rate, win_rates

__all__ = [
    "Cell",
    "Contribution",
    "Forecast",
    "OverviewRow",
    "Pushes",
    "WinRate",
    "as_of",
    "days_in_stage",
    "days_open",
    "days_per_stage",
    "forecast",
    "grouped",
    "is_overdue",
    "next_activity",
    "overview",
    "pushes",
    "text_table",
    "win_rate",
    "win_rates",
]
