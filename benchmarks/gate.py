"""A megabyte of hostile JSON at the gate, against Python's parser on a megabyte of plain JSON."""

import json
from collections.abc import Iterator
from contextlib import suppress

from benchmarks.side_by_side import Ratio, compared
from salespipeline import InvalidValue
from salespipeline.storage.jsontext import loads

HOSTILE = {
    "objects that are never closed": '{"":' * 200_000,
    "a key given twice, among 45,000": "{" + "".join(f'"key number {key}":0,' for key in range(45_000)) + '"":0,"":0}',
    "a text that is never closed": '"' + '\\"' * 500_000,
}
PLAIN = json.dumps([{"id": f"S-{number}", "title": "120 desks", "owner": "anna"} for number in range(16_000)])


def ratios() -> Iterator[Ratio]:
    def parsed() -> object:
        return json.loads(PLAIN)

    for what, text in HOSTILE.items():

        def refused(text: str = text) -> None:
            with suppress(InvalidValue):
                loads(text)

        mine, other, ratio = compared(refused, parsed, number=1)
        yield Ratio(what, "json.loads, plain", mine, other, 1 / ratio, 50, 10, True)
