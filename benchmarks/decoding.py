"""A stored sale from its text, against pydantic reading the same text into a model of the same shape."""

from collections.abc import Iterator
from datetime import date
from decimal import Decimal
from typing import Any, Literal

from benchmarks.side_by_side import Ratio, compared
from salespipeline import Company, Edit, Link, MoveTo, Next, Revise, Sale, apply, register
from salespipeline.codec import decode_sale, encode_sale
from salespipeline.presets import superoffice


def a_full_sale() -> Sale:
    type = superoffice.catalog().type("new-business")
    sale = register(type, id="S-1", title="120 desks", on=date(2025, 1, 7), currency="EUR", amount="6550", by="anna")
    sale = apply(sale, Link(company=Company("C-1", "Acme"), project="P-1"), on=date(2025, 1, 8), by="anna")
    sale = apply(sale, Edit(note="call back", source="fair", number="10011"), on=date(2025, 1, 8), by="anna")
    sale = apply(sale, Next(), on=date(2025, 1, 9), by="anna")
    sale = apply(sale, Revise(cost="1500", expected_close=date(2025, 5, 1)), on=date(2025, 2, 1), by="bob")
    return apply(sale, MoveTo("short-list", chance=70), on=date(2025, 3, 1), by="bob")


def with_pydantic(text: str) -> Any:
    from pydantic import BaseModel, ConfigDict

    class History(BaseModel):
        columns: tuple[str, ...]
        rows: tuple[tuple[str | bool | None, ...], ...]

    class Record(BaseModel):
        model_config = ConfigDict(frozen=True, extra="allow")
        format: int
        type: str
        status: Literal["open", "stalled", "sold", "lost"]
        title: str
        number: str = ""
        note: str = ""
        stage: str | None = None
        chance: Decimal
        completion: Decimal
        probability: Decimal
        currency: str
        amount: Decimal
        cost: Decimal
        expected_close: date
        owner: str | None = None
        company: str | None = None
        project: str | None = None
        source: str | None = None
        registered_on: date
        registered_by: str | None = None
        history: History

    class Entry(BaseModel):
        model_config = ConfigDict(frozen=True)
        on: date
        by: str | None = None
        action: str
        type: str
        status: Literal["open", "stalled", "sold", "lost"]
        stage: str | None = None
        chance: Decimal
        completion: Decimal
        probability: Decimal
        currency: str
        amount: Decimal
        cost: Decimal
        expected_close: date
        owner: str | None = None
        company: str | None = None
        project: str | None = None
        stage_name: str | None = None

    def head() -> object:
        return Record.model_validate_json(text)

    def everything() -> object:
        record = Record.model_validate_json(text)
        columns = record.history.columns
        entries = [Entry.model_validate(dict(zip(columns, row, strict=True))) for row in record.history.rows]
        return record, entries

    return head, everything


def ratios() -> Iterator[Ratio]:
    sale, type_of = a_full_sale(), superoffice.catalog().type
    text = encode_sale(sale)
    head, everything = with_pydantic(text)

    def ours() -> Sale:
        return decode_sale("S-1", 1, text, type_of)

    def ours_with_history() -> object:
        return ours().history

    for what, mine_is, theirs, bar, stretch in (
        ("decode a sale, history unread on both sides", ours, head, 1.1, 1.5),
        ("decode a sale, everything read", ours_with_history, everything, 0.6, 0.9),
    ):
        mine, other, ratio = compared(mine_is, theirs, number=100)
        yield Ratio(what, "pydantic v2", mine, other, ratio, bar, stretch, False)
