"""The catalog of a store: seeded once, read anew when somebody changed it, expected by every commit."""

from collections.abc import Iterable, Mapping
from typing import Any, TypeVar

from salespipeline.codec import decode_catalog, decode_sale, encode_catalog
from salespipeline.errors import InvalidValue, NotFound, SalesPipelineError, UnknownEntry
from salespipeline.model.catalog import Catalog
from salespipeline.model.dialect import Dialect
from salespipeline.model.rule import Rule
from salespipeline.model.sale_type import SaleType
from salespipeline.rules.typed import is_a
from salespipeline.storage.base import Change, Expect, Storage

KIND = ID = "catalog"
Code = TypeVar("Code", Dialect, Rule)
_BUILT_IN = ("superoffice", "contact-manager", "business-central")


class KeptCatalog:
    """The catalog as the storage has it, with its revision; dialects and rules are put back by name."""

    __slots__ = ("_dialects", "_rules", "_storage", "catalog", "revision")

    catalog: Catalog
    revision: int | None

    def __init__(
        self,
        storage: Storage,
        seed: Catalog | None,
        dialects: Iterable[Dialect],
        rules: Iterable[Rule],
    ) -> None:
        self._storage = storage
        self._dialects: dict[str, Dialect] = {}
        self._rules: dict[str, Rule] = {}
        self.revision = None
        for dialect in dialects:
            _keep(self._dialects, dialect, Dialect)
        for rule in rules:
            _keep(self._rules, rule, Rule)
        self._bring(seed)
        if not self.load():
            if seed is None:
                raise InvalidValue("catalog", None, "the store is new; give one, such as presets.superoffice.catalog()")
            self.catalog = seed

    def _bring(self, catalog: Catalog | None) -> None:
        """Know the code that a catalog brings; refuses what is no catalog, and two of one name."""
        if catalog is None:
            return
        if not is_a(catalog, Catalog):
            raise InvalidValue("catalog", catalog, "give a Catalog, such as presets.superoffice.catalog()")
        for kind in catalog.types:
            _keep(self._dialects, kind.dialect, Dialect)
            for rule in kind.rules:
                _keep(self._rules, rule, Rule)

    def load(self) -> bool:
        """Read the stored catalog if there is one that was not read yet; whether there is one at all."""
        record = self._storage.read(KIND, ID)
        if record is None:
            return False
        if record.revision != self.revision:
            self.catalog = decode_catalog(record.body, self._dialect, self._rules)
            self.revision = record.revision
        return True

    def replaced_by(self, catalog: Catalog) -> Change:
        """The change that puts another catalog in its place; refuses one that stored sales could not live with."""
        if not is_a(catalog, Catalog):
            raise InvalidValue("catalog", catalog, "give a Catalog, such as pipeline.catalog with something changed")
        self._bring(catalog)
        self.check(catalog)
        return self.written(catalog)

    def check(self, catalog: Catalog) -> None:
        """Refuse a catalog without a type or stage that sales have, or without a sale's standing."""
        after = {kind.id: kind for kind in catalog.types}
        for kind in self.catalog.types:
            new = after.get(kind.id)
            if new is not None:
                self._check_stages(kind, new)
            if new is not None and new.dialect is kind.dialect:
                continue
            for record in self._storage.scan("sale", {"type": kind.id}):
                if not record.matches({"type": kind.id}):
                    continue
                if new is None:
                    reason = f"sale {record.id!r} has type {kind.id!r}; retire the type instead of taking it out"
                    raise InvalidValue("catalog", kind.id, reason)
                standing = decode_sale(record.id, record.revision, record.body, self.catalog.type).standing
                if standing not in new.dialect.lifecycle.standings:
                    reason = f"sale {record.id!r} is {standing.value}, which dialect {new.dialect.name!r} does not know"
                    raise InvalidValue("catalog", kind.id, reason)

    def _check_stages(self, before: SaleType, after: SaleType) -> None:
        for stage in before.stages:
            if after.stage(stage.id) is not None:
                continue
            where = {"type": before.id, "stage": stage.id}
            record = next((record for record in self._storage.scan("sale", where) if record.matches(where)), None)
            if record is not None:
                reason = f"sale {record.id!r} is in it; retire the stage, or take it out with remove_stage"
                raise InvalidValue("catalog", stage.id, reason)

    def written(self, catalog: Catalog) -> Change:
        """The change that writes a catalog over the present one."""
        before = self._storage.read(KIND, ID)
        try:
            body = encode_catalog(catalog, before.body if before else None)
            again = decode_catalog(body, self._dialect, self._rules)
        except (SalesPipelineError, AttributeError, TypeError, ValueError) as error:
            raise InvalidValue("catalog", catalog, f"it could not be read again: {error}") from error
        if again != catalog:
            raise InvalidValue("catalog", catalog, "read again it would be another one; look for True given as 1")
        return Change(kind=KIND, id=ID, body=body)

    def as_it_is(self) -> Change:
        """The change that writes the present catalog as it is kept: of use only where nothing shall be written."""
        before = self._storage.read(KIND, ID)
        return Change(kind=KIND, id=ID, body=before.body if before else "null")

    def expected(self) -> Expect:
        """What a commit made under this catalog expects."""
        return Expect(kind=KIND, id=ID, revision=self.revision)

    def require(self) -> None:
        """Read the catalog again after somebody changed it; `NotFound` when it is gone."""
        if not self.load():
            raise NotFound(KIND, ID)

    def _dialect(self, name: str) -> Dialect:
        known: Mapping[str, Dialect] = self._dialects if name in self._dialects else {**_built_in(), **self._dialects}
        if name not in known:
            raise UnknownEntry("dialect", name, known)
        return known[name]


def _keep(known: dict[str, Code], code: Code, kind: type) -> None:
    """Note a dialect or rule under its name; another one of that name would silently take its place."""
    if not is_a(code, kind):
        raise InvalidValue(kind.__name__.lower(), code, f"give {kind.__name__} values")
    own = _built_in() if kind is Dialect and code.name in _BUILT_IN else {}
    if known.get(code.name, own.get(code.name, code)) is not code:
        hint = "give the variant a name of its own, as in evolve(dialect, name=...)"
        raise InvalidValue(f"{kind.__name__.lower()} name", code.name, f"another one has this name; {hint}")
    known[code.name] = code


def _built_in() -> dict[str, Any]:
    """The dialects that come with the library; loaded only when a store names one that was not given."""
    from salespipeline.presets import business_central, contact_manager, superoffice

    return {preset.DIALECT.name: preset.DIALECT for preset in (superoffice, contact_manager, business_central)}
