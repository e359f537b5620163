"""Catalogs to records and back."""

import json
from copy import deepcopy
from datetime import date
from typing import Any

import pytest
from attrs import evolve, fields
from hypothesis import given
from hypothesis import strategies as st
from tests.codec.damage import WRONG, places
from tests.properties.walks import WALKED

from salespipeline.codec import decode_catalog, encode_catalog
from salespipeline.errors import NewerFormat, UnknownEntry, UnreadableRecord
from salespipeline.model.actions import Sell
from salespipeline.model.catalog import Catalog
from salespipeline.model.currency import Currency
from salespipeline.model.dialect import Dialect
from salespipeline.model.ids import StageId, UserId
from salespipeline.model.quote_policy import QuoteCheck, QuotePolicy
from salespipeline.model.rates import Rate, Rates
from salespipeline.model.rule import Rule
from salespipeline.presets import business_central, contact_manager, superoffice
from salespipeline.testing.priced import quote_policies
from salespipeline.testing.strategies import DIALECTS, catalogs

RULE = Rule(Sell, name="four eyes")


def dialect_of(name: str) -> Dialect:
    for dialect in DIALECTS:
        if dialect.name == name:
            return dialect
    raise UnknownEntry("dialect", name, [dialect.name for dialect in DIALECTS])


def read(record: Any) -> Catalog:
    return decode_catalog(record if isinstance(record, str) else json.dumps(record), dialect_of, {"four eyes": RULE})


# A policy with another value in every field than it would have had.
POLICY = QuotePolicy(
    alternatives=False,
    discount_on_total=True,
    valid_days=60,
    follow_up_days=5,
    max_discount="12.50",
    min_earning="20",
    approvers=["bob", "anna"],
    ignores=[QuoteCheck.TOTAL_ZERO],
    warns_of=[QuoteCheck.BELOW_COST, QuoteCheck.BELOW_MINIMUM_PRICE],
    refuses=[QuoteCheck.TOTAL_NEGATIVE],
    sets_amount=False,
    lost_with_sale=True,
    needs_company=True,
    needs_customer=True,
)


def full() -> Catalog:
    """A catalog with a value in every field."""
    return evolve(
        superoffice.catalog(),
        types=(
            evolve(
                superoffice.new_business(),
                rules=(RULE,),
                quoting=POLICY,
                retired=True,
                default_stage=StageId("proposal"),
            ),
        ),
        kinds=superoffice.SOLD_REASONS,
        categories=superoffice.SOLD_REASONS,
        products=superoffice.SOLD_REASONS,
        currencies=(Currency("XBT", 4),),
        rates=Rates("USD", (Rate("EUR", 1, "0.9622", date(2025, 1, 7)), Rate("NOK", "8.851", 100))),
        owner=UserId("anna"),
    )


RECORD: dict[str, Any] = json.loads(encode_catalog(full()))


class TestRoundTrip:
    @WALKED
    @given(catalogs())
    def test_of_any_catalog(self, catalog: Catalog) -> None:
        """decode(encode(x)) == x and encode(decode(b)) == b; dialects are put back by name."""
        body = encode_catalog(catalog)
        assert read(body) == catalog
        assert encode_catalog(read(body)) == body

    @pytest.mark.parametrize("preset", [superoffice, contact_manager, business_central])
    def test_of_the_presets(self, preset: Any) -> None:
        assert read(encode_catalog(preset.catalog())) == preset.catalog()

    def test_of_every_field(self) -> None:
        assert read(encode_catalog(full())) == full()

    def test_of_every_field_of_a_policy(self) -> None:
        """A catalog's types keep their own policy, limits as they were typed, and sets in one order."""
        (data,) = RECORD["types"]
        assert set(data["quoting"]) == {attribute.name for attribute in fields(QuotePolicy)}
        assert (data["quoting"]["max_discount"], data["quoting"]["approvers"]) == ("12.50", ["anna", "bob"])
        (kind,) = read(RECORD).types
        assert kind.quoting == POLICY
        assert str(kind.quote_policy.max_discount) == "12.50"

    @given(quote_policies())
    def test_of_any_policy(self, policy: QuotePolicy) -> None:
        kind = evolve(superoffice.new_business(), quoting=policy)
        body = encode_catalog(evolve(superoffice.catalog(), types=(kind,)))
        (found,) = read(body).types
        assert found.quoting == policy
        assert encode_catalog(read(body)) == body

    def test_of_a_type_without_a_policy_of_its_own(self) -> None:
        """It has its dialect's, whatever that becomes."""
        (kind, *_) = read(encode_catalog(superoffice.catalog())).types
        assert (kind.quoting, kind.quote_policy) == (None, superoffice.DIALECT.quoting)

    def test_puts_code_back_by_name(self) -> None:
        (kind,) = read(encode_catalog(full())).types
        assert kind.dialect is superoffice.DIALECT
        assert kind.rules == (RULE,)

    def test_without_rates_there_are_none_against_its_own_currency(self) -> None:
        """Catalogs that were stored before there were rates."""
        kroner = {name: value for name, value in RECORD.items() if name != "rates"} | {"currency": "NOK"}
        assert read(kroner).rates == Rates("NOK")
        assert "rates" not in json.loads(encode_catalog(read(kroner)))

    def test_rates_against_another_base_are_kept_even_when_there_are_none(self) -> None:
        catalog = evolve(superoffice.catalog(), rates=Rates("USD"))
        assert read(encode_catalog(catalog)).rates == Rates("USD")

    def test_keeps_what_a_newer_version_wrote(self) -> None:
        body = json.dumps(RECORD | {"mood": [1]})
        assert json.loads(encode_catalog(read(body), body))["mood"] == [1]


class TestDamage:
    @pytest.mark.parametrize("name", ["superoffice", "four eyes"])
    def test_code_that_is_not_given_is_named(self, name: str) -> None:
        """An unknown dialect or rule is refused, saying which."""
        with pytest.raises(UnreadableRecord, match="elsewhere"):
            read(json.dumps(RECORD).replace(name, "elsewhere"))

    def test_a_newer_format(self) -> None:
        with pytest.raises(NewerFormat):
            read(RECORD | {"format": 2})

    @pytest.mark.parametrize("body", ["", "[]", "null", '{"format":"1"}', '{"format":true}', "{}"])
    def test_no_record_at_all(self, body: str) -> None:
        with pytest.raises(UnreadableRecord):
            read(body)

    @pytest.mark.parametrize("wrong", [5, "abc", {"a": 1}, True, [1], [{}], [None]], ids=repr)
    @pytest.mark.parametrize("name", sorted(set(RECORD) - {"format", "currency", "owner"}))
    def test_a_list_of_another_kind(self, name: str, wrong: Any) -> None:
        with pytest.raises(UnreadableRecord):
            read(RECORD | {name: wrong})

    @pytest.mark.parametrize("wrong", [5, [], {}, True], ids=repr)
    @pytest.mark.parametrize("name", ["currency", "owner"])
    def test_a_text_of_another_kind(self, name: str, wrong: Any) -> None:
        with pytest.raises(UnreadableRecord):
            read(RECORD | {name: wrong})

    @pytest.mark.parametrize("wrong", [5, [], {}, {"a": 1}], ids=repr)
    @pytest.mark.parametrize("name", sorted(RECORD["types"][0]))
    def test_a_field_of_a_type_of_another_kind(self, name: str, wrong: Any) -> None:
        record = deepcopy(RECORD)
        record["types"][0][name] = wrong
        if wrong == [] and name in {"stages", "sold_reasons", "lost_reasons", "stalled_reasons", "rules"}:
            del record["types"][0]["default_stage"]
            assert isinstance(read(record), Catalog)
        elif wrong == {} and name == "quoting":
            assert read(record).types[0].quoting == QuotePolicy()
        else:
            with pytest.raises(UnreadableRecord):
                read(record)

    @given(st.data())
    def test_anywhere_inside(self, data: st.DataObject) -> None:
        """Whatever is changed, however deep: it is read, or refused as a record."""
        record = deepcopy(RECORD)
        place, key = data.draw(st.sampled_from(list(places(record))))
        place[key] = data.draw(st.sampled_from(WRONG))
        try:
            catalog = read(record)
        except (UnreadableRecord, NewerFormat) as error:
            assert str(error)
        else:
            assert read(encode_catalog(catalog)) == catalog
