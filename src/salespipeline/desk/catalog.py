"""The catalog of a store: seeded once, read anew when somebody changed it, expected by every commit."""

from collections.abc import Iterable, Mapping

from salespipeline.codec import decode_catalog, encode_catalog
from salespipeline.errors import InvalidValue, NotFound, UnknownEntry
from salespipeline.model.catalog import Catalog
from salespipeline.model.dialect import Dialect
from salespipeline.model.rule import Rule
from salespipeline.storage.base import Change, Expect, Storage

KIND = ID = "catalog"


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
        self._dialects = {dialect.name: dialect for dialect in (*_brought_by(seed), *dialects)}
        self._rules = {rule.name: rule for rule in (*_rules_of(seed), *rules)}
        self.revision = None
        if not self.load():
            if seed is None:
                raise InvalidValue("catalog", None, "the store is new; give one, such as presets.superoffice.catalog()")
            self.catalog = seed

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
        """The change that puts another catalog in its place; refuses to take away a type that sales have."""
        lost = {kind.id for kind in self.catalog.types} - {kind.id for kind in catalog.types}
        for type in sorted(lost):
            sale = next(
                (record for record in self._storage.scan("sale", {"type": type}) if _has(record.keys, type)), None
            )
            if sale is not None:
                reason = f"sale {sale.id!r} has type {type!r}; retire the type instead of taking it out"
                raise InvalidValue("catalog", type, reason)
        self._dialects |= {dialect.name: dialect for dialect in _brought_by(catalog)}
        self._rules |= {rule.name: rule for rule in _rules_of(catalog)}
        return self.written(catalog)

    def written(self, catalog: Catalog) -> Change:
        """The change that writes a catalog over the present one."""
        before = self._storage.read(KIND, ID)
        return Change(kind=KIND, id=ID, body=encode_catalog(catalog, before.body if before else None))

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


def _has(keys: tuple[tuple[str, str], ...], type: str) -> bool:
    return ("type", type) in keys


def _brought_by(catalog: Catalog | None) -> Iterable[Dialect]:
    return () if catalog is None else (kind.dialect for kind in catalog.types)


def _rules_of(catalog: Catalog | None) -> Iterable[Rule]:
    return () if catalog is None else (rule for kind in catalog.types for rule in kind.rules)


def _built_in() -> dict[str, Dialect]:
    """The dialects that come with the library; loaded only when a store names one that was not given."""
    from salespipeline.presets import business_central, contact_manager, superoffice

    return {preset.DIALECT.name: preset.DIALECT for preset in (superoffice, contact_manager, business_central)}
