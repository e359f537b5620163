"""The catalog as a record: lists as they are, types by the ids of what they take from the lists."""

from collections.abc import Callable, Iterable, Mapping
from typing import Any

from salespipeline.codec.converter import FieldFault, converter, reason_of, structured, within
from salespipeline.codec.format import opened
from salespipeline.codec.people import unknown_fields
from salespipeline.errors import SalesPipelineError, UnknownEntry, UnreadableRecord, shown
from salespipeline.model.catalog import Catalog
from salespipeline.model.currency import Currency
from salespipeline.model.dialect import Dialect
from salespipeline.model.guide import SalesGuide
from salespipeline.model.item import Item
from salespipeline.model.numbering import Numbering
from salespipeline.model.period import Period
from salespipeline.model.quote_policy import QuotePolicy
from salespipeline.model.rates import Rates
from salespipeline.model.rule import Rule
from salespipeline.model.sale_type import ProbabilityMethod, SaleType
from salespipeline.model.stage import Stage
from salespipeline.storage.jsontext import dumps

_FORMAT = 1
_REASONS = ("sold_reasons", "lost_reasons", "stalled_reasons")
_LISTS = (*_REASONS, "sources", "competitors", "credited", "payment_terms", "kinds", "categories", "products")
# The fields of a sale type that are written as they are.
_PLAIN: tuple[tuple[str, type], ...] = (
    ("name", str),
    ("category", str),
    ("description", str),
    ("default_stage", str),
    ("has_stakeholders", bool),
    ("retired", bool),
)

DialectOf = Callable[[str], Dialect]


def encode_catalog(catalog: Catalog, before: str | None = None) -> str:
    """The record's text; dialects and rules, which are code, by name. Unknown fields of the one before are kept."""
    write = converter().unstructure
    data: dict[str, Any] = {"format": _FORMAT, "currency": catalog.currency, "owner": catalog.owner}
    data["stages"] = write(list(catalog.stages), unstructure_as=list[Stage])
    data |= {name: write(list(getattr(catalog, name)), unstructure_as=list[Item]) for name in _LISTS}
    data["currencies"] = write(list(catalog.currencies), unstructure_as=list[Currency])
    data["numbering"] = None if catalog.numbering == Numbering() else write(catalog.numbering)
    data["rates"] = None if catalog.rates == Rates(catalog.currency) else write(catalog.rates)
    data["types"] = [_type_data(kind) for kind in catalog.types]
    kept = unknown_fields(Catalog, before)
    return dumps({name: value for name, value in data.items() if value not in (None, [])} | kept)


def _type_data(kind: SaleType) -> dict[str, Any]:
    data: dict[str, Any] = {"id": kind.id, "dialect": kind.dialect.name, "method": kind.method.value}
    data |= {name: getattr(kind, name) for name, _ in _PLAIN}
    data["duration"] = converter().unstructure(kind.duration)
    data["stages"] = [stage.id for stage in kind.stages]
    data |= {name: [item.id for item in getattr(kind, name)] for name in _REASONS}
    data["guide"] = None if kind.guide is None else converter().unstructure(kind.guide)
    data["quoting"] = None if kind.quoting is None else _policy_data(kind.quoting)
    data["rules"] = [rule.name for rule in kind.rules]
    return {name: value for name, value in data.items() if value not in (None, [], "", False)}


def _policy_data(policy: QuotePolicy) -> dict[str, Any]:
    data: dict[str, Any] = converter().unstructure(policy)
    for name in ("approvers", "ignores", "warns_of", "refuses"):  # sets have no order of their own
        if name in data:
            data[name] = sorted(data[name])
    return data


def decode_catalog(body: str, dialect_of: DialectOf, rules: Mapping[str, Rule]) -> Catalog:
    """The catalog of a record, with dialects and rules put back by name.

    Raises `UnreadableRecord` for anything that cannot be read, a dialect or rule that is not given
    included, and `NewerFormat` for a record of a newer version.
    """
    data = opened("catalog", "catalog", body, _FORMAT)
    try:
        return _catalog(data, dialect_of, rules)
    except FieldFault as fault:
        raise UnreadableRecord("catalog", "catalog", fault.field or "body", fault.reason) from fault
    except KeyError as error:
        raise UnreadableRecord("catalog", "catalog", str(error.args[0]), "it is missing") from error
    except (ValueError, TypeError, AttributeError, SalesPipelineError) as error:
        raise UnreadableRecord("catalog", "catalog", "body", reason_of(error)) from error


def _catalog(data: dict[str, Any], dialect_of: DialectOf, rules: Mapping[str, Rule]) -> Catalog:
    stages = structured(data.get("stages", []), tuple[Stage, ...], "stages")
    lists: dict[str, Any] = {name: structured(data.get(name, []), tuple[Item, ...], name) for name in _LISTS}
    given: dict[str, Any] = {"rates": structured(data["rates"], Rates, "rates")} if "rates" in data else {}
    pool = {"stages": stages, **{name: lists[name] for name in _REASONS}}
    types = structured(data.get("types", []), tuple[dict[str, Any], ...], "types")
    return Catalog(
        types=tuple(_type_at(f"types[{place}]", kind, pool, dialect_of, rules) for place, kind in enumerate(types)),
        stages=stages,
        currencies=structured(data.get("currencies", []), tuple[Currency, ...], "currencies"),
        currency=structured(data["currency"], str, "currency"),
        numbering=structured(data["numbering"], Numbering, "numbering") if "numbering" in data else Numbering(),
        owner=structured(data["owner"], str, "owner") if "owner" in data else None,
        **lists,
        **given,
    )


def _type_at(
    path: str,
    data: dict[str, Any],
    pool: Mapping[str, tuple[Any, ...]],
    dialect_of: DialectOf,
    rules: Mapping[str, Rule],
) -> SaleType:
    """One of the types; what is at fault in it is told with where it stands."""
    try:
        return _type(data, pool, dialect_of, rules)
    except FieldFault as fault:
        raise FieldFault(within(path, fault.field), fault.reason) from fault
    except KeyError as error:
        raise FieldFault(within(path, str(error.args[0])), "it is missing") from error
    except (ValueError, TypeError, AttributeError, SalesPipelineError) as error:
        raise FieldFault(path, reason_of(error)) from error


def _type(
    data: dict[str, Any],
    pool: Mapping[str, tuple[Any, ...]],
    dialect_of: DialectOf,
    rules: Mapping[str, Rule],
) -> SaleType:
    taken: dict[str, Any] = {name: _picked(name, pool[name], data.get(name, [])) for name in pool}
    plain: dict[str, Any] = {name: structured(data[name], kind, name) for name, kind in _PLAIN if name in data}
    dialect = _dialect(structured(data["dialect"], str, "dialect"), dialect_of)
    named = structured(data.get("rules", []), tuple[str, ...], "rules")
    missing = [name for name in named if name not in rules]
    if missing:
        raise FieldFault("rules", f"rule {shown(missing[0])} is code that is not here; give it by rules= when opening")
    return SaleType(
        id=data["id"],
        dialect=dialect,
        duration=structured(data.get("duration", {"count": 0}), Period, "duration"),
        method=ProbabilityMethod(data.get("method", "chance")),
        guide=structured(data["guide"], SalesGuide, "guide") if "guide" in data else None,
        quoting=structured(data["quoting"], QuotePolicy, "quoting") if "quoting" in data else None,
        rules=tuple(rules[name] for name in named),
        **taken,
        **plain,
    )


def _dialect(name: str, dialect_of: DialectOf) -> Dialect:
    try:
        return dialect_of(name)
    except UnknownEntry as error:
        reason = f"dialect {shown(name)} is code that is not here; give it by dialects= when opening"
        raise FieldFault("dialect", reason) from error


def _picked(what: str, entries: Iterable[Any], ids: object) -> tuple[Any, ...]:
    by_id = {entry.id: entry for entry in entries}
    wanted = structured(ids, tuple[str, ...], what)
    unknown = [id for id in wanted if id not in by_id]
    if unknown:
        raise UnknownEntry(what, unknown[0], by_id)
    return tuple(by_id[id] for id in wanted)
