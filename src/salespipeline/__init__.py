"""What happened to a sale, what may happen next, and what it is worth: selling as plain immutable values.

These are the names for working with sales. Questions are in `salespipeline.insight`, ready-made processes in
`salespipeline.presets`, the ways in and out in `salespipeline.exchange`.
"""

from salespipeline.errors import (
    BrokenTable,
    Conflict,
    InvalidValue,
    NotFound,
    ReadOnly,
    SalesPipelineError,
    UnknownEntry,
)
from salespipeline.model.action import KEEP, Action, Moment
from salespipeline.model.actions import (
    Assign,
    ChangeType,
    Complete,
    Delete,
    Edit,
    Jump,
    Link,
    Lose,
    MoveTo,
    Next,
    Previous,
    Reopen,
    Resume,
    Revise,
    Sell,
    Skip,
    Stall,
    Start,
    Uncomplete,
)
from salespipeline.model.activity import Activity, ActivityKind
from salespipeline.model.activity_actions import (
    AddActivity,
    CancelActivity,
    CompleteActivity,
    DeleteActivity,
    EditActivity,
    LinkActivity,
    Plan,
    ReopenActivity,
)
from salespipeline.model.catalog import Catalog
from salespipeline.model.currency import Currency, Money
from salespipeline.model.date_formula import DateFormula
from salespipeline.model.dialect import Dialect
from salespipeline.model.guide import (
    Advance,
    Plans,
    SalesGuide,
    StageGuide,
    SuggestedActivity,
    SuggestedDocument,
    document,
    follow_up,
)
from salespipeline.model.history import HistoryEntry
from salespipeline.model.item import Item, items
from salespipeline.model.lifecycle import Lifecycle, Row
from salespipeline.model.numbering import Numbering
from salespipeline.model.parts import (
    Document,
    DocumentKind,
    Initiator,
    InitiatorKind,
    Priority,
    Publication,
    Reference,
    ReferenceKind,
    Visibility,
)
from salespipeline.model.people import Company, Person, User
from salespipeline.model.period import Period, days, months, weeks
from salespipeline.model.problem import BulkRefused, CatalogRefused, Problem, Refused
from salespipeline.model.rates import Rate, Rates, RateSource, convert
from salespipeline.model.rule import Rule
from salespipeline.model.sale import Sale
from salespipeline.model.sale_type import ProbabilityMethod, SaleType
from salespipeline.model.stage import Stage
from salespipeline.model.standing import Standing, Status
from salespipeline.model.state import Lost, Open, Sold, Stalled
from salespipeline.pipeline import Pipeline
from salespipeline.rules.apply import apply, problems
from salespipeline.rules.guidance import auto_suggestion, left_unticked, next_suggestion
from salespipeline.rules.offers import Offer, available
from salespipeline.rules.planning import reopen_follow_up
from salespipeline.rules.registering import Details, register
from salespipeline.storage import JsonStorage, MemoryStorage

__all__ = [
    "KEEP",
    "Action",
    "Activity",
    "ActivityKind",
    "AddActivity",
    "Advance",
    "Assign",
    "BrokenTable",
    "BulkRefused",
    "CancelActivity",
    "Catalog",
    "CatalogRefused",
    "ChangeType",
    "Company",
    "Complete",
    "CompleteActivity",
    "Conflict",
    "Currency",
    "DateFormula",
    "Delete",
    "DeleteActivity",
    "Details",
    "Dialect",
    "Document",
    "DocumentKind",
    "Edit",
    "EditActivity",
    "HistoryEntry",
    "Initiator",
    "InitiatorKind",
    "InvalidValue",
    "Item",
    "JsonStorage",
    "Jump",
    "Lifecycle",
    "Link",
    "LinkActivity",
    "Lose",
    "Lost",
    "MemoryStorage",
    "Moment",
    "Money",
    "MoveTo",
    "Next",
    "NotFound",
    "Numbering",
    "Offer",
    "Open",
    "Period",
    "Person",
    "Pipeline",
    "Plan",
    "Plans",
    "Previous",
    "Priority",
    "ProbabilityMethod",
    "Problem",
    "Publication",
    "Rate",
    "RateSource",
    "Rates",
    "ReadOnly",
    "Reference",
    "ReferenceKind",
    "Refused",
    "Reopen",
    "ReopenActivity",
    "Resume",
    "Revise",
    "Row",
    "Rule",
    "Sale",
    "SaleType",
    "SalesGuide",
    "SalesPipelineError",
    "Sell",
    "Skip",
    "Sold",
    "Stage",
    "StageGuide",
    "Stall",
    "Stalled",
    "Standing",
    "Start",
    "Status",
    "SuggestedActivity",
    "SuggestedDocument",
    "Uncomplete",
    "UnknownEntry",
    "User",
    "Visibility",
    "apply",
    "auto_suggestion",
    "available",
    "convert",
    "days",
    "document",
    "follow_up",
    "items",
    "left_unticked",
    "months",
    "next_suggestion",
    "problems",
    "register",
    "reopen_follow_up",
    "weeks",
]
