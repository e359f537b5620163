"""Whose a sale is and whom it is with; and what its type is."""

from collections.abc import Callable, Iterator, Mapping
from typing import Any, TypeVar

from attrs import evolve

from salespipeline.model.action import KEEP, Keep, Moment
from salespipeline.model.actions import Assign, ChangeType, Link
from salespipeline.model.activity import Activity
from salespipeline.model.ids import CampaignId, CompanyId, GroupId, PersonId, ProjectId, UserId, identifier
from salespipeline.model.parts import Parties
from salespipeline.model.people import Company, Person
from salespipeline.model.problem import Problem
from salespipeline.model.sale import Sale
from salespipeline.model.sale_type import SaleType
from salespipeline.model.stage import Stage
from salespipeline.model.standing import Standing
from salespipeline.rules.guidance import Written, on_entering
from salespipeline.rules.probability import entered
from salespipeline.rules.stages import stage_faults
from salespipeline.rules.typed import fault, is_a

T = TypeVar("T")


def assignable(sale: Sale, action: Assign, moment: Moment) -> Iterator[Problem]:
    """Owner and group are ids."""
    yield from fault(lambda: identifier(action.owner, "owner"))
    if action.group is not KEEP and action.group is not None:
        yield from fault(lambda: identifier(action.group, "group"))


def assign(sale: Sale, action: Assign, moment: Moment, target: Standing) -> Mapping[str, Any]:
    """The group goes with the owner: a new owner without one leaves it empty.

    Where that is asked for, the former owner's planned activities go along; what is done stays.
    """
    same = action.owner == sale.parties.owner
    kept = sale.parties.group if same else None
    group = kept if isinstance(action.group, Keep) else _optional(action.group, GroupId)
    owner = UserId(action.owner)
    parties = evolve(sale.parties, owner=owner, group=group)
    if action.move_tasks is not True:
        return {"parties": parties}
    moved = (each for each in sale.activities if each.is_planned and each.owner == sale.owner)
    return {"parties": parties, "agenda": sale.agenda.with_changed(evolve(each, owner=owner) for each in moved)}


def linkable(sale: Sale, action: Link, moment: Moment) -> Iterator[Problem]:
    """Links are values of the right kind, and a person belongs to the linked company.

    Where a process links a sale to one party, it is a company or a person, and never none.
    """
    faults = [*_wrong_kind(action)]
    yield from faults
    if not faults:
        yield from _one_party(sale, action) if sale.type.dialect.one_party else _same_company(sale, action)


def _wrong_kind(action: Link) -> Iterator[Problem]:
    for name, kind in (("company", Company), ("person", Person)):
        value = getattr(action, name)
        if value is not KEEP and value is not None and not isinstance(value, kind):
            reason = f"give the {kind.__name__} itself, since its parts are needed"
            yield Problem("invalid-value", name, value, params={"reason": reason})
    for name in ("project", "campaign"):
        value = getattr(action, name)
        if value is not KEEP and value is not None:
            yield from fault(lambda value=value, name=name: identifier(value, name))  # type: ignore[misc]


def _one_party(sale: Sale, action: Link) -> Iterator[Problem]:
    if isinstance(action.company, Company) and isinstance(action.person, Person):
        yield Problem("one-party", "person", action.person.id)
    parties = linked(sale, action)
    if parties.company is None and parties.person is None:
        yield Problem("party-required", "company")


def _same_company(sale: Sale, action: Link) -> Iterator[Problem]:
    parties = linked(sale, action)
    if isinstance(action.person, Person):
        if action.person.company != parties.company:
            yield _stranger(parties, action.person.id)
    elif parties.person is not None and parties.company not in (None, sale.company):
        yield _stranger(parties, parties.person)


def _stranger(parties: Parties, person: str) -> Problem:
    company = parties.company or "none"
    return Problem("person-of-other-company", "person", person, params={"company": f"other than {company}"})


def linked(sale: Sale, action: Link) -> Parties:
    """The parties after a link; a person brings the company along when the sale has none yet."""
    before = sale.parties
    company = before.company if isinstance(action.company, Keep) else _id_of(action.company)
    person = before.person if isinstance(action.person, Keep) else _id_of(action.person)
    if sale.type.dialect.one_party:  # the newer link replaces the older
        if isinstance(action.company, Company) and action.person is KEEP:
            person = None
        if isinstance(action.person, Person) and action.company is KEEP:
            company = None
    elif isinstance(action.person, Person) and action.company is KEEP and company is None:
        company = action.person.company  # the company comes with its person
    return evolve(
        before,
        company=None if company is None else CompanyId(company),
        person=None if person is None else PersonId(person),
        project=before.project if isinstance(action.project, Keep) else _optional(action.project, ProjectId),
        campaign=before.campaign if isinstance(action.campaign, Keep) else _optional(action.campaign, CampaignId),
    )


def _id_of(party: Company | Person | None) -> str | None:
    return None if party is None else party.id


def _optional(value: str | None, kind: Callable[[str], T]) -> T | None:
    return None if value is None else kind(value)


def link(sale: Sale, action: Link, moment: Moment, target: Standing) -> Mapping[str, Any]:
    """The new parties; what is still planned for the former ones goes to them where that is asked for."""
    after = linked(sale, action)
    if action.move_tasks is not True:
        return {"parties": after}
    changed = (_gone_along(each, sale.parties, after) for each in sale.activities if each.is_planned)
    return {"parties": after, "agenda": sale.agenda.with_changed(changed)}


def _gone_along(activity: Activity, before: Parties, after: Parties) -> Activity:
    """A planned activity with the new contact and campaign, where it was with the former ones."""
    if (activity.company, activity.person) == (before.company, before.person):
        activity = evolve(activity, company=after.company, person=after.person)
    return evolve(activity, campaign=after.campaign) if activity.campaign == before.campaign else activity


def retypable(sale: Sale, action: ChangeType, moment: Moment) -> Iterator[Problem]:
    """The new type knows the sale's standing, takes new sales, and has the stage that is named."""
    if not is_a(action.type, SaleType):
        reason = "give the SaleType itself, for example catalog.type('renewal')"
        yield Problem("invalid-value", "type", action.type, params={"reason": reason})
        return
    if action.type.retired and action.type.id != sale.type.id:
        yield Problem("type-retired", "type", action.type.id)
    if sale.standing not in action.type.dialect.lifecycle.standings:
        yield Problem("strands-sale", "type", action.type.id, params={"standing": sale.standing.value})
    if action.type.dialect.one_party and (sale.company is None) == (sale.person is None):
        yield Problem("party-required" if sale.company is None else "one-party", "parties")
    if action.stage is not None and sale.standing is Standing.NOT_STARTED:
        yield Problem("only-while", "stage", action.stage, params={"standing": "started"})
    elif action.stage is not None:
        yield from stage_faults(action.type, action.stage)


def change_type(sale: Sale, action: ChangeType, moment: Moment, target: Standing) -> Mapping[str, Any]:
    """A type with a guide starts at its first stage; else the stage stays if the new type has it."""
    if action.type.id == sale.type.id and action.stage is None:
        return {}
    stage = _stage_after(sale, action)
    started = sale.standing is not Standing.NOT_STARTED
    new = {} if action.type.id == sale.type.id else {"type": action.type}
    if not started:
        return new
    asked = action.stage is not None or action.type.has_guide
    stays = stage is None or (stage.id == sale.stage and not asked)
    chance = sale.chance if stays else None  # a stage that stays, or none at all, leaves the chance alone
    agenda = {}
    if new or not stays:
        written = Written(sale, moment.on, moment.by, len(sale.history) + 1)
        agenda = on_entering(action.type, stage, written, missing=True)
    return {**new, "position": entered(action.type, stage, chance), **agenda}


def _stage_after(sale: Sale, action: ChangeType) -> Stage | None:
    if action.stage is not None:
        return action.type.stage(action.stage)
    shared = action.type.stage(sale.stage)
    if shared is not None and not shared.retired and not action.type.has_guide:
        return shared
    return action.type.first_stage
