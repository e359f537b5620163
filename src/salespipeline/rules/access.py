"""Who may see and do what: rights over one's own sales, those of one's group, and the rest, as predicates.

Roles are the host's; this says what a role's rights mean for a sale (SuperOffice, 8). Completed sales are
read-only by the lifecycle, whatever the rights.
"""

from collections.abc import Iterable, Iterator
from enum import IntEnum

from attrs import field, frozen

from salespipeline.errors import InvalidValue
from salespipeline.model.action import Action, Moment
from salespipeline.model.actions import Delete, Register
from salespipeline.model.parts import Visibility
from salespipeline.model.people import User
from salespipeline.model.problem import Problem
from salespipeline.model.rule import Check
from salespipeline.model.sale import Sale
from salespipeline.model.value import Value


class Right(IntEnum):
    """What somebody may do; each includes those before it."""

    NONE = 0
    READ = 1
    CREATE = 2
    UPDATE = 3
    DELETE = 4


def _right(value: object) -> Right:
    """A right, or the name of one: `"delete"`."""
    if isinstance(value, Right):
        return value
    found = next((right for right in Right if right.name.lower() == value), None)
    if found is None:
        raise InvalidValue("right", value, "use one of " + ", ".join(repr(right.name.lower()) for right in Right))
    return found


@frozen(kw_only=True, eq=False, repr=False)
class Rights(Value):
    """The rights of a role over sales: one's own, those of one's group, and all others."""

    own: Right = field(default=Right.DELETE, converter=_right)
    group: Right = field(default=Right.UPDATE, converter=_right)
    others: Right = field(default=Right.READ, converter=_right)

    def over(self, sale: Sale, user: User) -> Right:
        """The right of a user over a sale; none over one that is not visible to them."""
        if not is_visible(sale, user):
            return Right.NONE
        return {"own": self.own, "group": self.group, "others": self.others}[relation(sale, user)]


EVERYTHING = Rights(own=Right.DELETE, group=Right.DELETE, others=Right.DELETE)


def relation(sale: Sale, user: User) -> str:
    """Whose a sale is, seen by a user: "own", of the "group", or of "others"; the owner decides."""
    if sale.owner == user.id:
        return "own"
    return "group" if user.group is not None and sale.parties.group == user.group else "others"


def is_visible(sale: Sale, user: User) -> bool:
    """Whether a sale is visible to a user: to all, to its owner alone, or to its owner's group."""
    visibility = sale.card.visibility
    if visibility is Visibility.ALL or sale.owner == user.id:
        return True
    return visibility is Visibility.GROUP and relation(sale, user) == "group"


def readable(sales: Iterable[Sale], user: User, rights: Rights) -> tuple[Sale, ...]:
    """The sales that a user may read."""
    return tuple(sale for sale in sales if rights.over(sale, user) >= Right.READ)


_ASKED: dict[type[Action], Right] = {Register: Right.CREATE, Delete: Right.DELETE}


def permitted(user: User, rights: Rights) -> Check:
    """A guard for a desk: the user works on sales as far as the rights go, and deletes only where they say so.

    `Pipeline.open(..., guards=[permitted(user, rights)])`; what is refused says which right it takes.
    """

    def check(sale: Sale, action: Action, moment: Moment) -> Iterator[Problem]:
        asked = _ASKED.get(type(action), Right.UPDATE)
        held = rights.over(sale, user)
        if held < asked:
            params = {"right": asked.name.lower(), "held": held.name.lower(), "relation": relation(sale, user)}
            yield Problem("not-permitted", params={**params, "user": user.id, "action": type(action).__name__})

    return check
