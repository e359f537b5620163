"""A stage: a step of the process, with the chance that sales in it are won."""

from decimal import Decimal

from attrs import field, frozen

from salespipeline.model.ids import StageId, stage_id
from salespipeline.model.numbers import ZERO, percent
from salespipeline.model.text import line
from salespipeline.model.value import Value


def _name(value: str) -> str:
    return line(value, "stage name", 239, required=True)


def _description(value: str) -> str:
    return line(value, "stage description", 254)


def _chance(value: object) -> Decimal:
    return percent(value, "chance")


def _completion(value: object) -> Decimal:
    return percent(value, "completion")


@frozen(eq=False, repr=False)
class Stage(Value):
    """A step of the process: `Stage("proposal", "Proposal", "30")`.

    `chance` and `completion` are percentages (30 means 30 %): how likely a sale in this stage is won, and
    how much of the process is behind it. `quote_required` asks for a quote on entering; `allow_skip` lets a
    skip pass over it (Business Central, A.4). A `retired` stage still shows and can be left, not entered.
    """

    id: StageId = field(converter=stage_id)
    name: str = field(converter=_name)
    chance: Decimal = field(default=ZERO, converter=_chance)
    completion: Decimal = field(default=ZERO, converter=_completion, kw_only=True)
    description: str = field(default="", converter=_description, kw_only=True)
    quote_required: bool = field(default=False, kw_only=True)
    allow_skip: bool = field(default=False, kw_only=True)
    retired: bool = field(default=False, kw_only=True)
