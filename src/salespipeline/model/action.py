"""What somebody asks of a sale, as data; and the moment it is asked."""

from datetime import date, datetime
from enum import Enum
from typing import ClassVar, Final

from attrs import NOTHING, Attribute, field, fields, frozen

from salespipeline.errors import InvalidValue
from salespipeline.model.ids import UserId, user_id
from salespipeline.model.standing import Standing
from salespipeline.model.value import Value


class Keep(Enum):
    """The type of `KEEP`: "leave this field as it is", where None would empty it."""

    KEEP = "keep"

    def __repr__(self) -> str:
        return "KEEP"


KEEP: Final = Keep.KEEP


@frozen(eq=False, repr=False)
class Action(Value):
    """The base of every action.

    An action holds what was typed, unjudged: `problems` says what is wrong with it, all at once.
    `brings` names the standings that it has the data for; an action that brings none stays where it is.
    `takes` names those it can start from (all, unless given); with `keeps_status` only the flag changes.
    `tabled` is False for those that no lifecycle has rows for, such as registering and deleting. With `of_sale`
    False its fields are those of something on the sale, which a lock of the sale's fields does not mean.
    `impossible` is the code of the problem when the lifecycle has no row for it. With `is_quoting`, its rules are
    those of quotes, product lines and orders, which are loaded for processes that have such actions.
    """

    brings: ClassVar[frozenset[Standing]] = frozenset()
    takes: ClassVar[frozenset[Standing]] = frozenset(Standing)
    keeps_status: ClassVar[bool] = False
    tabled: ClassVar[bool] = True
    of_sale: ClassVar[bool] = True
    impossible: ClassVar[str] = "no-such-step"
    is_quoting: ClassVar[bool] = False

    def __repr__(self) -> str:
        """As one would type it: what was left alone is left out."""
        told: list[str] = []
        for place, parameter in enumerate(sorted(self.parameters(), key=lambda parameter: parameter.kw_only)):
            value = getattr(self, parameter.name)
            if parameter.default is NOTHING or value != parameter.default:
                by_name = parameter.kw_only or len(told) < place
                told.append(f"{parameter.name}={value!r}" if by_name else repr(value))
        return f"{type(self).__name__}({', '.join(told)})"

    @classmethod
    def may_lead(cls, source: Standing, target: Standing) -> bool:
        """Whether a table may have a row from `source` to `target` with this action."""
        if not cls.brings:
            return target is source
        kept = source.status is target.status or not cls.keeps_status
        return target in cls.brings and source in cls.takes and kept

    @classmethod
    def parameters(cls) -> "tuple[Attribute[object], ...]":
        """The fields that a caller can give."""
        return tuple(fields(cls))

    @classmethod
    def required(cls) -> tuple[str, ...]:
        """The names of the fields without which the action cannot be made."""
        return tuple(a.name for a in cls.parameters() if a.default is NOTHING)


def day(value: object, field: str = "on") -> date:
    """A calendar day; an instant is refused, because its day depends on where one stands."""
    if type(value) is date:
        return value
    hint = "take its .date() in the zone you mean" if isinstance(value, datetime) else "give a datetime.date"
    raise InvalidValue(field, value, hint)


def _user(value: str | None) -> UserId | None:
    return None if value is None else user_id(value)


@frozen
class Moment:
    """The business day on which something happened, and the user who did it, if known."""

    on: date = field(converter=day)
    by: UserId | None = field(default=None, converter=_user)
