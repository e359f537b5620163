"""Formats of records: old ones are brought up step by step, newer ones are refused."""

from typing import Any

import pytest

from salespipeline.codec.format import opened
from salespipeline.errors import NewerFormat, UnreadableRecord


def split_name(fields: dict[str, Any]) -> dict[str, Any]:
    """From 1 to 2: one name becomes two."""
    first, last = fields["name"].split(" ", 1)
    return {"first": first, "last": last}


def with_country(fields: dict[str, Any]) -> dict[str, Any]:
    """From 2 to 3: a country comes in."""
    return {**fields, "country": "NL"}


STEPS = {1: split_name, 2: with_country}


@pytest.mark.parametrize(
    "body",
    [
        '{"format":1,"name":"Ada Lovelace"}',
        '{"format":2,"first":"Ada","last":"Lovelace"}',
        '{"format":3,"first":"Ada","last":"Lovelace","country":"NL"}',
    ],
)
def test_p_v4_every_older_format_is_brought_up_step_by_step(body: str) -> None:
    assert opened("person", "p", body, 3, STEPS) == {"first": "Ada", "last": "Lovelace", "country": "NL"}


def test_p_v2_a_newer_format_of_a_record_is_refused() -> None:
    with pytest.raises(NewerFormat, match="format 4, this version reads up to 3"):
        opened("person", "p", '{"format":4}', 3, STEPS)


@pytest.mark.parametrize("body", ['{"format":0}', '{"format":"1"}', '{"format":true}', "{}", "[]", "1"])
def test_what_names_no_format_is_refused(body: str) -> None:
    with pytest.raises(UnreadableRecord):
        opened("person", "p", body, 3, STEPS)
