"""The same sales in a table of SQLAlchemy with a column for each field, asked by its ORM and by its Core.

Days and decimals come out as such; the history stays the JSON text that it was stored as.
"""

import json
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date
from decimal import Decimal
from typing import Any

from sqlalchemy import Dialect, String, create_engine, insert, select
from sqlalchemy.orm import DeclarativeBase, Mapped, Session, mapped_column
from sqlalchemy.types import TypeDecorator

from benchmarks.rivals import Amounts, Ask, Keeper, Texts


class Exact(TypeDecorator[Decimal]):
    """A decimal as text: SQLite's own numbers are doubles."""

    impl = String
    cache_ok = True

    def process_bind_param(self, value: Decimal | None, dialect: Dialect) -> str | None:
        return None if value is None else str(value)

    def process_result_value(self, value: str | None, dialect: Dialect) -> Decimal | None:
        return None if value is None else Decimal(value)


class Base(DeclarativeBase):
    type_annotation_map = {Decimal: Exact}  # noqa: RUF012  # as SQLAlchemy has it


class Row(Base):
    __tablename__ = "sales"

    id: Mapped[str] = mapped_column(primary_key=True)
    title: Mapped[str]
    type: Mapped[str]
    status: Mapped[str] = mapped_column(index=True)
    stage: Mapped[str | None]
    chance: Mapped[Decimal]
    completion: Mapped[Decimal]
    probability: Mapped[Decimal]
    currency: Mapped[str]
    amount: Mapped[Decimal]
    cost: Mapped[Decimal]
    expected_close: Mapped[date]
    closed_on: Mapped[date | None]
    completed: Mapped[bool | None]
    reopen_on: Mapped[date | None]
    reason: Mapped[str | None]
    owner: Mapped[str | None] = mapped_column(index=True)
    group: Mapped[str | None]
    company: Mapped[str | None]
    person: Mapped[str | None]
    project: Mapped[str | None]
    source: Mapped[str | None]
    competitor: Mapped[str | None]
    number: Mapped[str | None]
    note: Mapped[str | None]
    registered_on: Mapped[date]
    registered_by: Mapped[str | None]
    custom: Mapped[str | None]
    history: Mapped[str | None]


_COLUMNS = Row.__table__.columns


def keep_in_columns(path: str, sales: Texts) -> None:
    engine = create_engine(f"sqlite:///{path}")
    Base.metadata.create_all(engine)
    with engine.begin() as connection:
        connection.execute(insert(Row), [_row({"id": id, **json.loads(text)}) for id, text in sales])
    engine.dispose()


def _row(sale: dict[str, Any]) -> dict[str, Any]:
    return {column.name: _typed(column.type.python_type, sale.get(column.name)) for column in _COLUMNS}


def _typed(kind: type, value: Any) -> Any:
    if kind is date and value is not None:
        return date.fromisoformat(value)
    return json.dumps(value) if isinstance(value, dict) else value


@contextmanager
def orm_opened(path: str) -> Iterator[Ask]:
    engine = create_engine(f"sqlite:///{path}")

    def ask(**field: str) -> Amounts:
        with Session(engine) as session:
            return {row.id: row.amount for row in session.scalars(select(Row).filter_by(**field).order_by(Row.id))}

    yield ask
    engine.dispose()


@contextmanager
def core_opened(path: str) -> Iterator[Ask]:
    engine = create_engine(f"sqlite:///{path}")
    table = Row.__table__

    def ask(**field: str) -> Amounts:
        asked = select(table).filter_by(**field).order_by(table.c.id)
        with engine.connect() as connection:
            return {row.id: row.amount for row in connection.execute(asked)}

    yield ask
    engine.dispose()


RIVALS = (
    Keeper("SQLAlchemy ORM, columns", keep_in_columns, orm_opened),
    Keeper("SQLAlchemy Core, columns", keep_in_columns, core_opened),
)
