"""A damaged record of a sale is refused by name, and by nothing but `UnreadableRecord` (or `NewerFormat`)."""

import json
from copy import deepcopy
from typing import Any

import pytest
from attrs import fields
from hypothesis import given
from hypothesis import strategies as st
from tests.codec.damage import WRONG, places
from tests.codec.records import (
    RECORD,
    SUPEROFFICE,
    TYPES,
    read,
)

from salespipeline.codec import encode_sale
from salespipeline.codec.parts import PARTS
from salespipeline.errors import NewerFormat, UnreadableRecord


def refused(record: object) -> UnreadableRecord | None:
    """The refusal of a record, or None where it can be read; anything else that is raised is a fault."""
    try:
        read(json.dumps(record))
    except UnreadableRecord as error:
        assert str(error)
        return error
    return None


OPEN = {"status": "open", "reason": None}
NO_TABLES = (
    '{"columns": ["on"], "rows": [["2025-01-01", 1]]}',
    '{"columns": ["on", "on"], "rows": [["2025-01-01", "2025-01-01"]]}',
    '{"columns": "on", "rows": []}',
    '{"columns": [], "rows": ["ab"]}',
    '{"columns": [], "rows": [[]]}',
    '{"columns": ["on", "nobody knows"], "rows": []}',
    '{"columns": [["on"]], "rows": []}',
    '{"columns": []}',
    '{"rows": []}',
    '{"columns": ["on", "by"], "rows": [{"a": 1, "b": 2}]}',
)


def top(path: str) -> str:
    """The field of the record in which the fault lies."""
    return path.partition(".")[0].partition("[")[0]


class TestDamage:
    """A damaged record is refused by name, and by nothing but `UnreadableRecord` (or `NewerFormat`)."""

    @pytest.mark.parametrize("name", sorted(RECORD))
    def test_a_dropped_field(self, name: str) -> None:
        """A field that has no default is missed by name; any other stands at its default."""
        error = refused({other: value for other, value in RECORD.items() if other != name})
        required = {"format", "type", "status", "title", "registered_on", "expected_close", "reopen_on"}
        required |= {"chance", "completion", "probability", "currency", "amount", "cost"}
        assert (error is not None) == (name in required)
        if error is not None:
            assert error.field == name

    @pytest.mark.parametrize("wrong", WRONG, ids=repr)
    @pytest.mark.parametrize("name", sorted(set(RECORD) - {"format"}))
    def test_a_field_of_another_kind(self, name: str, wrong: Any) -> None:
        """A value of another kind is refused, naming the field; what is read is written back as it was."""
        record = RECORD | {name: wrong}
        error = refused(record)
        if error is not None:
            assert (error.id, top(error.field)) == ("S-1", name)
        elif wrong is not None:
            assert json.loads(encode_sale(read(json.dumps(record)))).get(name, DEFAULTS.get(name)) == wrong

    @pytest.mark.parametrize("name", ["currency", "title", "status", "chance", "amount", "expected_close", "type"])
    def test_nothing_in_place_of_something(self, name: str) -> None:
        assert refused(RECORD | {name: None}) is not None

    @pytest.mark.parametrize(
        ("name", "value"),
        [
            *(("chance", value) for value in ("-1", "100.01", "250", "NaN", "1e1")),
            *(("currency", value) for value in ("eur!", "", "EURO")),
            *(("amount", value) for value in ("1.0", "1.000", "1", "1,00", " 1.00", "1_0.00")),
            *(("registered_on", value) for value in ("2025-02-30", "20250301", "2025-3-1", "2025-03-01T00:00")),
            *(("reminder", value) for value in ("2025-03-01T00:00:00", "2025-03-01", "0001-01-01T00:00:00+14:00")),
            *(("document", value) for value in ({}, {"kind": "quote"}, {"kind": "x", "number": "1", "value": "1.00"})),
            ("document", {"kind": "quote", "number": "1", "value": "1.00", "colour": "red"}),
            ("publication", {"since": 5}),
            ("references", [{"kind": "url"}]),
            ("custom", {"x": None}),
            ("custom", {"x": {"decimal": 5}}),
            ("custom", {"x": {"day": "2025-01-01", "decimal": "1"}}),
            ("categories", "abc"),
            ("categories", {"a": 1}),
        ],
    )
    def test_a_value_that_cannot_be(self, name: str, value: Any) -> None:
        error = refused(RECORD | {name: value})
        assert error is not None
        assert top(error.field) in ((name, "cost") if name == "amount" else (name,))

    @pytest.mark.parametrize(
        "name", sorted({"on", "action", "type", "status", "currency", "amount", "stage_name", "by"})
    )
    @pytest.mark.parametrize("wrong", [5, True, [], {}, "nonsense\n"])
    def test_a_history_cell_of_another_kind(self, name: str, wrong: Any) -> None:
        record = deepcopy(RECORD)
        record["history"]["rows"][0][record["history"]["columns"].index(name)] = wrong
        error = refused(record)
        if not isinstance(wrong, str):
            assert error is not None
            assert top(error.field) == "history"

    @pytest.mark.parametrize("history", NO_TABLES)
    def test_a_history_that_is_no_table(self, history: str) -> None:
        error = refused(RECORD | {"history": json.loads(history)})
        assert error is not None

    @pytest.mark.parametrize(
        ("change", "reason"),
        [
            (("columns", 15, "colour"), "'colour' are unknown"),
            (("columns", 15, "kind"), "stand twice"),
            (("made", 3), "3 is no number of activities ever made, of which 4 are here"),
            (("made", True), "True is no number"),
            (("rows", 1, 0, "A-1"), "an activity's id stands twice"),
            (("rows", 0, 5, "30"), "duration: '30' is not a number of minutes"),
        ],
    )
    def test_activities_that_cannot_be(self, change: tuple[Any, ...], reason: str) -> None:
        record = deepcopy(RECORD)
        place, (*way, last, wrong) = record["activities"], change
        for step in way:
            place = place[step]
        place[last] = wrong
        error = refused(record)
        assert error is not None
        assert (top(error.field), reason in error.reason) == ("activities", True), error

    @pytest.mark.parametrize("wrong", ["yes", 1, 0])
    def test_a_flag_that_is_none(self, wrong: object) -> None:
        error = refused(
            {name: value for name, value in RECORD.items() if name != "reopen_on"} | OPEN | {"started": wrong}
        )
        assert error is not None
        assert (error.field, error.reason) == ("started", f"{wrong!r} is not true or false")

    @given(st.data())
    def test_anywhere_inside(self, data: st.DataObject) -> None:
        """Whatever is changed, however deep: it is read, or refused as a record."""
        record = deepcopy(RECORD)
        place, key = data.draw(st.sampled_from(list(places(record))))
        if data.draw(st.booleans()):
            place[key] = data.draw(st.sampled_from(WRONG))
        else:
            del place[key]
        try:
            again = encode_sale(read(json.dumps(record)))
        except (UnreadableRecord, NewerFormat) as error:
            assert str(error)
        else:
            assert read(again) == read(json.dumps(record))

    @given(st.integers(0, len(SUPEROFFICE) - 1), st.sampled_from(['"', "{", "}", ",", "x", "\\", "\x00", ""]))
    def test_of_the_text(self, place: int, letter: str) -> None:
        """A letter changed, put in or cut off: read, or refused."""
        for body in (SUPEROFFICE[:place] + letter + SUPEROFFICE[place + 1 :], SUPEROFFICE[:place]):
            try:
                read(body)
            except (UnreadableRecord, NewerFormat) as error:
                assert len(str(error)) < 1000

    def test_a_number_with_a_point(self) -> None:
        """JSON numbers are integers here: a float would not come back as it was."""
        with pytest.raises(UnreadableRecord):
            read(json.dumps(RECORD | {"custom": {"x": 1.5}}))

    @pytest.mark.parametrize("body", ["", "null", "[]", "5", "{", "[" * 100_000, '{"format":1,"format":1}', "\ud800"])
    def test_no_record_at_all(self, body: str) -> None:
        with pytest.raises(UnreadableRecord, match="S-1"):
            read(body)

    def test_a_type_that_is_gone_names_both(self) -> None:
        with pytest.raises(UnreadableRecord) as caught:
            read(json.dumps(RECORD | {"type": "gone"}))
        assert caught.value.field == "type"
        assert "S-1" in str(caught.value)
        assert "gone" in str(caught.value)

    @pytest.mark.parametrize("wrong", [5, None, True, ["new-business"]])
    def test_a_type_is_text(self, wrong: Any) -> None:
        with pytest.raises(UnreadableRecord):
            read(json.dumps(RECORD | {"type": wrong}), lambda _: TYPES["new-business"])


DEFAULTS: dict[str, Any] = {
    **{attribute.name: attribute.default for _, part in PARTS for attribute in fields(part)},
    "categories": [],
    "competitors": [],
    "references": [],
    "custom": {},
    "publication": {},
}
