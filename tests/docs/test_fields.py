"""The page of fields says where each lives: every place it names exists."""

import importlib
import re
from datetime import date
from pathlib import Path

import pytest

from salespipeline import Activity, SalesGuide, StageGuide, SuggestedActivity, SuggestedDocument, User, register
from salespipeline.presets import superoffice
from salespipeline.quoting import Alternative, Line, PriceList, Product, Quote, QuoteVersion

PAGE = Path(__file__).parents[2] / "docs" / "reference" / "fields.md"
CLASSES = (
    Activity,
    SalesGuide,
    StageGuide,
    SuggestedActivity,
    SuggestedDocument,
    Quote,
    QuoteVersion,
    Alternative,
    Line,
    Product,
    PriceList,
)
PLACES = sorted(
    {
        place
        for line in PAGE.read_text(encoding="utf-8").splitlines()
        if line.startswith("| ")
        for place in re.findall(r"`([\w.]+)`", line.split("|")[2])
    }
)


def resolved(place: str) -> object:
    type = superoffice.new_business()
    sale = register(type, id="S-1", title="120 desks", on=date(2025, 1, 7), currency="EUR")
    head, *rest = place.split(".")
    known: dict[str, object] = {"sale": sale, "User": User("anna", "Anna")}
    known.update({kind.__name__: kind for kind in CLASSES})
    found: object = known.get(head)
    if found is None:
        *path, last = place.split(".")
        found, rest = importlib.import_module(".".join(path)), [last]
    for name in rest:
        assert hasattr(found, name), f"{place}: no {name}"
        found = getattr(found, name)
    return found


@pytest.mark.parametrize("place", PLACES)
def test_the_place_exists(place: str) -> None:
    resolved(place)


def test_the_page_names_places() -> None:
    assert len(PLACES) > 40
