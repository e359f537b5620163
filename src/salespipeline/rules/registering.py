"""The only way a sale begins: defaults from its type, the checks of every field, the first entry."""

from collections.abc import Iterator, Mapping, Sequence, Set
from datetime import date, datetime
from typing import Any, TypedDict, Unpack

from salespipeline.errors import InvalidValue, UnknownEntry
from salespipeline.model.action import KEEP, Action, Moment
from salespipeline.model.actions import Assign, Edit, Held, Link, Register, Revise
from salespipeline.model.currency import Currency
from salespipeline.model.figures import Position
from salespipeline.model.ids import SaleId, identifier
from salespipeline.model.numbers import ZERO, Number, percent
from salespipeline.model.parts import (
    Card,
    CustomValue,
    Document,
    Initiator,
    Parties,
    Priority,
    Publication,
    Reference,
    Terms,
    Visibility,
)
from salespipeline.model.people import Company, Person
from salespipeline.model.problem import Problem, Refused
from salespipeline.model.sale import Sale
from salespipeline.model.sale_type import SaleType
from salespipeline.model.standing import Standing
from salespipeline.model.state import Open
from salespipeline.rules import figures
from salespipeline.rules.apply import entry_of
from salespipeline.rules.book import rules_for
from salespipeline.rules.building import parts_of, rebuilt
from salespipeline.rules.guidance import Written, on_entering
from salespipeline.rules.probability import entered
from salespipeline.rules.stages import stage_faults
from salespipeline.rules.typed import chance_faults, is_a


class Details(TypedDict, total=False):
    """What a sale can be registered with, beyond its type, title and currency; each as in its action."""

    owner: str
    group: str | None
    company: Company | None
    person: Person | None
    project: str | None
    campaign: str | None
    stage: str
    chance: Number
    amount: Number
    cost: Number
    profit: Number
    margin: Number
    hold: Held
    expected_close: date
    number: str
    description: str
    note: str
    kind: str | None
    priority: Priority
    categories: Sequence[str] | Set[str]
    visibility: Visibility
    publication: Publication | None
    reminder: datetime | None
    references: Sequence[Reference]
    source: str | None
    competitor: str | None
    competitors: Sequence[str] | Set[str]
    credited: str | None
    initiated_by: Initiator | None
    segment: str | None
    flow: str | None
    payment_terms: str | None
    expires_on: date | None
    delivery_on: date | None
    document: Document | None
    custom: Mapping[str, CustomValue]


_NAMES = tuple(Details.__annotations__)


def register(
    type: SaleType,
    *,
    id: str,
    title: str,
    on: date,
    currency: Currency | str,
    by: str | None = None,
    **details: Unpack[Details],
) -> Sale:
    """A new sale, with the first entry of its history.

    Unless given, the owner is `by`, the stage the type's first with that stage's chance, amount and cost
    are zero, and the expected close is `on` plus the type's duration. A process that begins "not started" has no
    stage until `Start`. `currency` is a code of ISO 4217 or a `Currency` of your own. Raises `Refused`
    with every problem at once.
    """
    moment = Moment(on, by)
    draft, found = drafted(type, id=id, title=title, currency=currency, moment=moment, details=details)
    if found:
        raise Refused(str(id), "Register", "new", found)
    return begun(draft, moment)


def begun(draft: Sale, moment: Moment) -> Sale:
    """A drafted sale with the first entry of its history, and with what its guide plans on entering the first stage."""
    history = (entry_of(parts_of(draft), "Register", moment),)
    planned = on_entering(draft.type, draft.type.stage(draft.stage), Written(draft, moment.on, moment.by, 1))
    return rebuilt(draft, {"history": history, **planned})


def drafted(
    type: SaleType,
    *,
    id: str,
    title: str,
    currency: Currency | str,
    moment: Moment,
    details: Mapping[str, Any],
) -> tuple[Sale, tuple[Problem, ...]]:
    """The sale as it would begin, without history, and every problem with what was asked."""
    if not is_a(type, SaleType):
        raise InvalidValue("type", type, "give the SaleType itself, such as catalog.type('renewal')")
    found: list[Problem] = []
    details = {name: value for name, value in details.items() if value is not KEEP}
    draft = _blank(type, _id(id, found), _currency(currency, found), moment)
    found += [
        Problem("unknown-field", name, name, [known for known in _NAMES if known[:1] == name[:1]] or _NAMES)
        for name in details
        if name not in _NAMES
    ]
    if type.retired:
        found.append(Problem("type-retired", "type", type.id))
    found += _misplaced(draft, details)
    for action in _actions(title, details, draft.owner):
        # what is checked on editing is checked from the beginning, the dialect's and the type's rows too
        rules = rules_for(action.__class__, type.dialect, type.rules)
        faults = [problem for rule in rules for check in rule.checks for problem in check(draft, action, moment)]
        found += faults
        change = next((rule.change for rule in reversed(rules) if rule.change), None)
        if change and not faults:
            draft = rebuilt(draft, change(draft, action, moment, draft.standing))
    draft = rebuilt(draft, {"position": _position(draft, details, found)})
    found += _own_checks(draft, Register(title, tuple(details.items())), moment)
    return draft, tuple(found)


def _id(value: str, found: list[Problem]) -> SaleId:
    try:
        return SaleId(identifier(value, "id"))
    except InvalidValue as error:
        found.append(Problem.of(error))
        return SaleId("new")


def _currency(value: Currency | str, found: list[Problem]) -> Currency:
    try:
        return value if isinstance(value, Currency) else Currency.of(value)
    except (UnknownEntry, InvalidValue, TypeError):
        hint = ("a code of ISO 4217 such as 'EUR'", "a Currency(code, digits)")
        found.append(Problem("invalid-value", "currency", value, params={"reason": f"give {hint[0]}, or {hint[1]}"}))
        return Currency("XXX", 4)  # so that no amount is blamed for it


def _blank(type: SaleType, id: SaleId, currency: Currency, moment: Moment) -> Sale:
    started = type.dialect.lifecycle.initial is not Standing.NOT_STARTED
    return Sale(
        id=id,
        type=type,
        registered=moment,
        card=Card(title=""),
        state=Open(started),
        position=entered(type, type.first_stage if started else None),
        figures=figures.blank(currency.code, currency.digits),
        terms=Terms(expected_close=type.duration.after(moment.on)),
        parties=Parties(owner=moment.by),
    )


def _actions(title: object, details: Mapping[str, Any], owner: str | None) -> Iterator[Any]:
    """The details as the actions that would set them, so that every field has one set of checks."""
    yield Edit(title="" if title is KEEP else title, **_some(Edit, details))  # type: ignore[arg-type]  # unjudged, as typed
    for kind in (Revise, Link):
        some = _some(kind, {name: value for name, value in details.items() if name != "chance"})
        if some:
            yield kind(**some)
    if "owner" in details or "group" in details:
        yield Assign(details.get("owner", owner or ""), **({"group": details["group"]} if "group" in details else {}))


def _some(kind: type[Action], details: Mapping[str, Any]) -> dict[str, Any]:
    names = {parameter.name for parameter in kind.parameters()} - {"reason", "reopen_on", "closed_on", "title"}
    return {name: value for name, value in details.items() if name in names}


def _misplaced(draft: Sale, details: Mapping[str, Any]) -> Iterator[Problem]:
    if draft.standing is Standing.NOT_STARTED:
        for name in ("stage", "chance"):
            if name in details:
                yield Problem("only-while", name, details[name], params={"standing": "started"})


def _position(draft: Sale, details: Mapping[str, Any], found: list[Problem]) -> Position:
    type, stage = draft.type, draft.type.stage(draft.stage)
    if "stage" in details and draft.standing is not Standing.NOT_STARTED:
        stage = type.stage(details["stage"])
        found += stage_faults(type, details["stage"])
    if "chance" not in details:
        return entered(type, stage)
    faults = list(chance_faults(draft, Revise(chance=details["chance"])))
    found += faults
    return entered(type, stage, ZERO if faults else percent(details["chance"], "chance"))


def _own_checks(draft: Sale, action: Register, moment: Moment) -> Iterator[Problem]:
    for rule in rules_for(Register, draft.type.dialect, draft.type.rules):
        for check in rule.checks:
            yield from check(draft, action, moment)
