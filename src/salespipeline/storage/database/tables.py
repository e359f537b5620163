"""The tables of a store, and how texts lie in them."""

import json
import re
from collections.abc import Iterable
from typing import Any, NamedTuple

from sqlalchemy import (
    ARRAY,
    BigInteger,
    BindParameter,
    Column,
    ColumnElement,
    Dialect,
    Index,
    Integer,
    MetaData,
    Table,
    Text,
    bindparam,
    func,
    select,
)
from sqlalchemy.types import TypeDecorator, TypeEngine

from salespipeline.errors import InvalidValue

__all__ = [
    "FORMAT",
    "LONGEST",
    "READER",
    "WRITER",
    "Name",
    "Tables",
    "among",
    "cut",
    "given",
    "make_tables",
    "names_given",
    "size_of",
]

FORMAT = "salespipeline-sql"
READER = WRITER = 1  # the format written here: below the first number one may not read, below the second only read

LONGEST = 2_000  # bytes of a kind with its id, or of a command: what fits into an index everywhere
_INDEXED = 50  # characters of a key's name, and of its value, that are indexed
_PREFIX = re.compile(r"[a-z][a-z0-9_]{0,29}")


class Name(TypeDecorator[str]):
    """Any text, in the order of its code points.

    PostgreSQL takes no U+0000, so this character is written as U+0001 U+0001, and U+0001 as
    U+0001 U+0002: the order stays what it was.
    """

    impl = Text
    cache_ok = True

    def load_dialect_impl(self, dialect: Dialect) -> TypeEngine[Any]:
        """The type in a database: SQLite and CockroachDB compare bytes, PostgreSQL is told to."""
        return dialect.type_descriptor(Text(collation="C") if dialect.name == "postgresql" else Text())

    def process_bind_param(self, value: str | None, dialect: Dialect) -> str | None:
        """The text as it is stored."""
        return None if value is None else _stored(value)

    def process_result_value(self, value: str | None, dialect: Dialect) -> str | None:
        """The text as it was given."""
        if value is None or "\x01" not in value:
            return value
        return value.replace("\x01\x01", "\x00").replace("\x01\x02", "\x01")


class Tables(NamedTuple):
    """The five tables of a store.

    `store` has one row: the format, the store's id, and the number of the newest commit, which a
    writer locks. `records` and `keys` hold the newest state, `commits` and `revisions` all there was.
    """

    metadata: MetaData
    store: Table
    commits: Table
    records: Table
    revisions: Table
    keys: Table


def make_tables(prefix: str) -> Tables:
    """The tables whose names begin with a prefix of small letters, digits and underscores."""
    if not _PREFIX.fullmatch(prefix):
        raise InvalidValue("prefix", prefix, "use 1 to 30 of a-z, 0-9 and _, a letter first")
    metadata = MetaData()
    tables = Tables(
        metadata,
        Table(f"{prefix}store", metadata, *_store_columns()),
        Table(f"{prefix}commits", metadata, *_commit_columns()),
        Table(f"{prefix}records", metadata, *_named(), _number(), _text("keys"), _text("body")),
        Table(f"{prefix}revisions", metadata, *_named(), _number(is_key=True), _text("keys"), Column("body", Text)),
        Table(f"{prefix}keys", metadata, *[_name(column) for column in ("kind", "name", "value", "id")]),
    )
    keys, revisions = tables.keys.c, tables.revisions.c
    Index(f"{prefix}keys_by_record", keys.kind, keys.id)
    Index(f"{prefix}revisions_by_number", revisions.kind, revisions.number, revisions.id)
    return tables


def cut(text: str) -> str:
    """As much of the name or the value of a key as is indexed; the record has the whole."""
    return text[:_INDEXED]


def given(name: str) -> BindParameter[Any]:
    """A place in a statement that is given its value when it is carried out."""
    return bindparam(name)


def among(column: ColumnElement[str], name: str, *, is_sqlite: bool) -> ColumnElement[bool]:
    """Whether a column has one of the names that a statement is given, however many, by `names_given`.

    They are one value to the database: a list of hundreds makes PostgreSQL read the whole table, once it
    takes the statement for one that comes again.
    """
    if is_sqlite:
        return column.in_(select(func.json_each(bindparam(name, type_=Text())).table_valued("value").c.value))
    return column.in_(select(func.unnest(bindparam(name, type_=ARRAY(Text())))))


def names_given(names: Iterable[str], *, is_sqlite: bool) -> str | list[str]:
    """The value that `among` looks into."""
    stored = [_stored(name) for name in names]
    return json.dumps(stored) if is_sqlite else stored


def size_of(text: str) -> int:
    """How many bytes a text takes where it is stored."""
    return len(_stored(text).encode())


def _stored(text: str) -> str:
    return text.replace("\x01", "\x01\x02").replace("\x00", "\x01\x01")


def _store_columns() -> tuple[Column[Any], ...]:
    one = Column("one", Integer, primary_key=True, autoincrement=False)
    numbers = [Column(name, Integer, nullable=False) for name in ("reader", "writer")]
    return (one, _text("format"), *numbers, _text("store"), Column("head", BigInteger, nullable=False))


def _commit_columns() -> tuple[Column[Any], ...]:
    by = Column("by", Name, nullable=False, quote=True)
    command = Column("command", Name, unique=True)
    return (_number(is_key=True), _text("at"), by, _text("action"), command)


def _named() -> tuple[Column[str], Column[str]]:
    return _name("kind"), _name("id")


def _number(*, is_key: bool = False) -> Column[int]:
    return Column("number", BigInteger, primary_key=is_key, autoincrement=False, nullable=False)


def _text(name: str) -> Column[str]:
    return Column(name, Text, nullable=False)


def _name(name: str) -> Column[str]:
    """A part of the primary key."""
    return Column(name, Name, primary_key=True)
