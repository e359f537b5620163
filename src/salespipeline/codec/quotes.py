"""Product lines and quotes as stored: lines as columns and rows, everything else under its own name."""

import re
from collections.abc import Iterator
from typing import Any

from attrs import fields

from salespipeline.codec.converter import a_list, an_object, converter, structured
from salespipeline.codec.tables import columns_and_rows, in_columns, in_rows
from salespipeline.errors import shown
from salespipeline.model.line import Line
from salespipeline.model.quote import Quote

_GIVEN = re.compile(r"(?:ALT|L)-[0-9]{1,9}", re.ASCII)
_FIELDS = frozenset(attribute.name for attribute in fields(Line) if attribute.init)


def encode_lines(lines: tuple[Line, ...]) -> dict[str, Any]:
    """The columns that some line has a value in, and a row for each."""
    write = converter().unstructure
    return in_columns([write(line) for line in lines])


def decode_lines(data: Any) -> tuple[Line, ...]:
    """The lines; ValueError for what they could not have become."""
    lines = structured(_rows(data), tuple[Line, ...])
    _check_ids([line.id for line in lines], "line")
    return lines


def encode_quote(quote: Quote) -> dict[str, Any]:
    """The quote with each alternative's lines as a table."""
    data: dict[str, Any] = converter().unstructure(quote)
    for version, written in zip(quote.versions, data["versions"], strict=True):
        for alternative, whole in zip(version.alternatives, written["alternatives"], strict=True):
            if alternative.lines:
                whole["lines"] = encode_lines(alternative.lines)
    return data


def decode_quote(data: Any, currency: object) -> Quote:
    """The quote of a sale in a currency; ValueError for what it could not have become."""
    stored = dict(an_object(data))
    stored["versions"] = [_version(each) for each in a_list(stored["versions"])]
    quote = structured(stored, Quote)
    for version in quote.versions:
        _check_ids([each.id for each in version.alternatives], "alternative")
        _check_ids([line.id for each in version.alternatives for line in each.lines], "line")
    if quote.currency != currency:
        raise ValueError(f"it is in {shown(quote.currency)}, the sale in {shown(currency)}")
    if quote.made < max(_numbers(quote), default=0):
        raise ValueError(f"{shown(quote.made)} is no number of ids ever given, of which there are more here")
    if quote.order is not None and all(each.id != quote.order.alternative for each in quote.active.alternatives):
        raise ValueError(f"alternative {shown(quote.order.alternative)} was ordered, and is not there")
    if [version.rank for version in quote.versions] != list(range(1, len(quote.versions) + 1)):
        raise ValueError("the ranks of its versions do not count from 1")
    return quote


def _numbers(quote: Quote) -> Iterator[int]:
    """The numbers of the ids that were given here; one from elsewhere has none."""
    for version in quote.versions:
        ids = [each.id for each in version.alternatives] + [
            line.id for each in version.alternatives for line in each.lines
        ]
        yield from (int(id.rpartition("-")[2]) for id in ids if _GIVEN.fullmatch(id))


def _version(data: Any) -> dict[str, Any]:
    version = dict(an_object(data))
    version["alternatives"] = [_alternative(each) for each in a_list(version["alternatives"])]
    return version


def _alternative(data: Any) -> dict[str, Any]:
    whole = dict(an_object(data))
    if "lines" in whole:
        whole["lines"] = _rows(whole["lines"])
    return whole


def _rows(data: Any) -> list[dict[str, Any]]:
    """The fields of each line of a table."""
    columns, rows = columns_and_rows(data, _FIELDS)
    return [
        {name: value for name, value in zip(columns, row, strict=True) if value is not None}
        for row in in_rows(rows, len(columns))
    ]


def _check_ids(ids: list[Any], what: str) -> None:
    if len(set(ids)) != len(ids):
        raise ValueError(f"the id of one {what} stands twice")
