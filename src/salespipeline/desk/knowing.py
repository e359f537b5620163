"""What the desk knows and a lone sale cannot: the catalog's own types, the groups of its users, its companies."""

from collections.abc import Iterator

from attrs import evolve

from salespipeline.codec import decode_party
from salespipeline.desk.customers import with_customer
from salespipeline.desk.prices import priced
from salespipeline.model.action import KEEP, Action, Moment
from salespipeline.model.actions import Assign, ChangeType, Link, Register
from salespipeline.model.catalog import Catalog
from salespipeline.model.ids import GroupId
from salespipeline.model.people import Company, Person, User
from salespipeline.model.problem import Problem
from salespipeline.model.rule import Check
from salespipeline.model.sale import Sale
from salespipeline.model.sale_type import SaleType
from salespipeline.rules.typed import is_a
from salespipeline.storage.base import Storage


def completed(action: Action, sale: Sale, catalog: Catalog, storage: Storage) -> Action:
    """The action as it is meant for a sale: with the catalog's own type for its id, the owner's group, the customer."""
    if isinstance(action, ChangeType):
        meant = getattr(action.type, "id", action.type)  # a type, or its id
        own = next((kind for kind in catalog.types if kind.id == meant), action.type)
        return ChangeType(own, action.stage)
    if isinstance(action, Assign) and action.group is KEEP:
        group = group_of(action.owner, storage)
        return action if group is None else evolve(action, group=group)
    if getattr(action, "is_quoting", False):
        return with_customer(priced(action, sale, storage), sale, storage)
    return action


def group_of(owner: object, storage: Storage) -> GroupId | None:
    """The group of a user that the storage has."""
    record = storage.read("user", owner) if isinstance(owner, str) else None
    return None if record is None else decode_party(User, record.id, record.body).group


def among_people(storage: Storage) -> Check:
    """A guard: where the process says so, owner, company and person are among those that the storage has.

    An owner is not blocked either. A storage without any of a kind does not keep them, and takes everybody.
    """

    def check(sale: Sale, action: Action, moment: Moment) -> Iterator[Problem]:
        if not sale.type.dialect.people_listed or not isinstance(action, (Assign, Link, Register)):
            return
        given = dict(action.details) if isinstance(action, Register) else {}
        yield from _owner_faults(storage, sale.owner if given else getattr(action, "owner", None))
        for kind in ("company", "person"):
            party = given.get(kind, getattr(action, kind, None))
            if isinstance(party, (Company, Person)):
                yield from _party_faults(storage, kind, party.id)

    return check


def _owner_faults(storage: Storage, owner: object) -> Iterator[Problem]:
    if not isinstance(owner, str):
        return
    users = [decode_party(User, record.id, record.body) for record in storage.scan("user")]
    in_use = [user.id for user in users if not user.blocked]
    if any(user.id == owner and user.blocked for user in users):
        yield Problem("blocked-user", "owner", owner, in_use)
    elif users and owner not in in_use:
        yield Problem("unknown-user", "owner", owner, in_use)


def _party_faults(storage: Storage, kind: str, id: str) -> Iterator[Problem]:
    if storage.read(kind, id) is None:
        known = [record.id for record in storage.scan(kind)]
        if known:
            yield Problem("unknown-entry", kind, id, known)


def in_catalog(catalog: Catalog) -> Check:
    """A guard: a sale takes no type that the catalog does not have, since nobody could read it again."""
    known = [kind.id for kind in catalog.types]

    def check(sale: Sale, action: Action, moment: Moment) -> Iterator[Problem]:
        if isinstance(action, ChangeType) and is_a(action.type, SaleType) and action.type.id not in known:
            yield Problem("unknown-type", "type", action.type.id, known)

    return check


def unstorable(sale: Sale, catalog: Catalog, stored: Sale | None = None) -> Iterator[Problem]:
    """Why a sale that was made outside of the desk could not be read again."""
    own = next((kind for kind in catalog.types if kind.id == sale.type.id), None)
    if own is None:
        yield Problem("unknown-type", "type", sale.type.id, [kind.id for kind in catalog.types])
    elif sale.stage not in (None, stored and stored.stage) and own.stage(sale.stage) is None:
        accepted = [stage.id for stage in own.stages if not stage.retired]
        yield Problem("unknown-stage", "stage", sale.stage, accepted, {"type": own.id})
