"""The filters of `Pipeline.sales`: what a sale must have, and what it must not have at all."""

from collections.abc import Mapping
from datetime import date
from enum import Enum

from salespipeline.codec import SALE_KEYS
from salespipeline.errors import InvalidValue
from salespipeline.model.standing import Status


def filters_of(where: Mapping[str, object]) -> tuple[dict[str, str], set[str]]:
    """The texts that are asked for by name, and the names that must be absent; `InvalidValue` for others."""
    unknown = sorted(set(where) - set(SALE_KEYS))
    if unknown:
        raise InvalidValue("filter", unknown[0], "filter by one of " + ", ".join(SALE_KEYS))
    wanted = {name: _text(name, value) for name, value in where.items() if value is not None}
    return wanted, set(where) - set(wanted)


def _text(name: str, value: object) -> str:
    """The stored text that a filter asks for; a status is one of the four."""
    if isinstance(value, date):
        return value.isoformat()
    text = value.value if isinstance(value, Enum) else value
    if not isinstance(text, str) or (name == "status" and text not in {status.value for status in Status}):
        raise InvalidValue(name, value, "give the text or the enum, such as owner='anna' or status=Status.OPEN")
    return text
