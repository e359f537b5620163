"""Problems and errors: their texts, and how they travel."""

import ast
import pickle
from collections.abc import Iterator, Sequence
from copy import deepcopy
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.properties.walks import WALKED

from salespipeline import errors
from salespipeline.errors import InvalidValue, SalesPipelineError
from salespipeline.model.actions import Sell
from salespipeline.model.problem import BulkRefused, Problem, Refused
from salespipeline.model.problem_texts import ENGLISH
from salespipeline.rules.apply import problems
from salespipeline.testing.strategies import actions_for, sales

SOURCE = Path(errors.__file__).parent


def codes_in(module: ast.Module) -> Iterator[str]:
    """What a module makes problems with: texts where the code stands, be it from a table, or as an action's own."""
    tables = {name: node.value for node in module.body if isinstance(node, ast.Assign) for name in named(node.targets)}
    for node in ast.walk(module):
        if isinstance(node, ast.Call) and node.args and ast.unparse(node.func) == "Problem":
            read = [
                tables[each.id] for each in ast.walk(node.args[0]) if isinstance(each, ast.Name) if each.id in tables
            ]
            values = [value for table in read if isinstance(table, ast.Dict) for value in table.values]
            yield from (text for part in (node.args[0], *values) for text in texts_in(part))
        elif isinstance(node, (ast.Assign, ast.AnnAssign)):
            targets = node.targets if isinstance(node, ast.Assign) else [node.target]
            yield from texts_in(node.value) if node.value and "impossible" in named(targets) else ()


def named(targets: Sequence[ast.expr]) -> list[str]:
    return [target.id for target in targets if isinstance(target, ast.Name)]


def texts_in(node: ast.AST) -> list[str]:
    found = [each.value for each in ast.walk(node) if isinstance(each, ast.Constant)]
    return [text for text in found if isinstance(text, str)]


CODES = {code for path in SOURCE.rglob("*.py") for code in codes_in(ast.parse(path.read_text("utf-8")))}


class TestTexts:
    def test_every_code_has_a_text(self) -> None:
        assert CODES - set(ENGLISH) == set()

    def test_every_text_has_a_code(self) -> None:
        assert set(ENGLISH) - CODES == set()

    def test_the_search_for_codes_finds_them(self) -> None:
        assert {"no-such-step", "required", "invalid-value", "no-quote-now", "quote-not-approved"} <= CODES
        assert not {"quote", "amount", "place order", "mine"} & CODES

    @WALKED
    @given(sales(), st.data())
    def test_every_problem_can_be_shown(self, sale: Any, data: st.DataObject) -> None:
        """Every problem renders, with every value its text names, on one line that nothing can break."""
        for problem in problems(sale, data.draw(actions_for(sale, sale.changed_on)), on=sale.changed_on):
            text = str(problem)
            assert text.isprintable()
            assert "None" not in text or problem.given is None
            assert text[-1] not in ".!\n"

    @pytest.mark.parametrize("code", ENGLISH)
    def test_a_text_is_lower_case_without_full_stop(self, code: str) -> None:
        assert ENGLISH[code][0].islower() or ENGLISH[code][0] == "{"
        assert not ENGLISH[code].endswith(".")

    def test_another_language_takes_the_same_values(self) -> None:
        problem = Problem(
            "closed-before-registered", "closed_on", date(2025, 1, 1), params={"registered": date(2025, 2, 1)}
        )
        dutch = {"closed-before-registered": "{given} ligt voor de registratie op {registered}"}
        assert problem.text(dutch) == "2025-01-01 ligt voor de registratie op 2025-02-01"

    def test_another_language_falls_back_to_english(self) -> None:
        assert Problem("required", "reason").text({}) == "reason is required; give one"

    def test_a_code_of_ones_own_has_a_template_of_ones_own(self) -> None:
        assert Problem("mine", "title", "x").text({"mine": "{field} is not {given}"}) == "title is not 'x'"

    def test_a_code_of_ones_own_without_template_shows_its_message(self) -> None:
        assert str(Problem("mine", params={"message": "not on a Friday"})) == "not on a Friday"
        assert str(Problem("mine")) == "mine"

    @pytest.mark.parametrize("text", ["{field}", "{0}", "{x.__class__}", "}{", "\x1b[31m", "\u202e", "\ud800", "a\nb"])
    def test_values_stay_values(self, text: str) -> None:
        """What was typed is shown, never run, and cannot break the line."""
        shown = (
            str(Problem("invalid-value", "title", text, params={"reason": text})),
            str(Problem("m", params={"message": text})),
        )
        assert all(one.isprintable() for one in shown)

    def test_a_text_that_is_short_of_a_value_is_still_one(self) -> None:
        """A template of another language may name what this problem has not; that is no reason to fail."""
        assert "mine" in Problem("mine").text({"mine": "mine, not {yours}"})
        assert [code for code in ENGLISH if not str(Problem(code))] == []

    @pytest.mark.parametrize(
        "given", [pytest.param(10**5000, id="huge"), "x" * 10_000, ["y"] * 10_000, Decimal("1" * 5000), object(), 1e308]
    )
    def test_a_value_is_shown_in_short(self, given: Any) -> None:
        assert len(str(Problem("invalid-value", "amount", given, params={"reason": "no"}))) < 400

    def test_a_value_that_cannot_be_shown_is_no_fault_of_the_problem(self) -> None:
        class Sulky:
            def __repr__(self) -> str:
                raise RuntimeError

        assert str(Problem("invalid-value", "amount", Sulky(), params={"reason": "no"}))
        assert str(InvalidValue("amount", Sulky(), "no"))


class TestEquality:
    @pytest.mark.parametrize("given", [float("nan"), Decimal("NaN"), Decimal("sNaN"), ["a"], {"a": 1}])
    def test_two_problems_of_the_same_are_equal(self, given: Any) -> None:
        problem = Problem("invalid-value", "amount", given)
        assert problem == Problem("invalid-value", "amount", given) == pickle.loads(pickle.dumps(problem))  # noqa: S301  # just written
        assert hash(problem) == hash(deepcopy(problem))


REFUSED = Refused(
    "S-1",
    "Sell",
    "open",
    [Problem("required", "reason"), Problem("invalid-value", "value", "x", params={"reason": "no"})],
)


class TestRefused:
    def test_names_the_sale_the_action_and_every_reason(self) -> None:
        text = str(REFUSED)
        assert text.startswith("cannot carry out Sell on sale 'S-1' (open): 2 problems\n- reason is required")
        assert text.count("\n- ") == 2

    def test_with_one_reason_is_one_line(self) -> None:
        assert str(Refused("S-1", "Sell", "open", REFUSED.problems[:1])).endswith(
            "(open): reason is required; give one"
        )

    def test_in_bulk_has_all(self) -> None:
        bulk = BulkRefused([REFUSED, REFUSED], 5)
        assert "any of 5 sales: 2 refused" in str(bulk)
        assert str(bulk).count("S-1") == 2

    def test_is_small(self) -> None:
        """It holds plain values, so that it travels between processes without its sale."""
        assert len(pickle.dumps(REFUSED)) < 1000


EXAMPLES: dict[str, tuple[Any, ...]] = {
    "InvalidValue": ("amount", 1.5, "no float"),
    "UnknownEntry": ("stage", "x", ("a", "b")),
    "NotFound": ("sale", "S-1"),
    "ReadOnly": ("sale", "title", "use Edit"),
    "CurrencyMismatch": ("EUR", "USD"),
    "BrokenTable": ("lifecycle", ("a", "b")),
    "BrokenRule": ("Sell", "it leads elsewhere"),
    "Conflict": ("sale", "S-1", 3, None),
    "UnreadableRecord": ("sale", "S-1", "title", "it is missing"),
    "CorruptStore": ("a.jsonl", "torn", 17),
}


def all_errors() -> Iterator[SalesPipelineError]:
    """One of every error class that there is."""
    yield REFUSED
    yield BulkRefused([REFUSED], 2)
    for name in errors.__all__:
        kind = getattr(errors, name)
        if issubclass(kind, errors.StorageError) and name not in EXAMPLES:
            yield kind("a.jsonl", "busy")
        elif kind is not SalesPipelineError:
            yield kind(*EXAMPLES[name])


class TestErrors:
    @pytest.mark.parametrize("error", list(all_errors()), ids=lambda error: type(error).__name__)
    def test_survive_pickling_and_copying(self, error: SalesPipelineError) -> None:
        for again in (pickle.loads(pickle.dumps(error)), deepcopy(error)):  # noqa: S301  # just written
            assert type(again) is type(error)
            assert str(again) == str(error)
            assert vars(again).keys() == vars(error).keys()

    @pytest.mark.parametrize("error", list(all_errors()), ids=lambda error: type(error).__name__)
    def test_are_one_family_and_built_ins_too(self, error: SalesPipelineError) -> None:
        built_in = (ValueError, LookupError, AttributeError, RuntimeError, OSError)
        assert isinstance(error, SalesPipelineError)
        assert isinstance(error, built_in)

    @pytest.mark.parametrize("error", list(all_errors()), ids=lambda error: type(error).__name__)
    def test_have_a_text_in_lower_case(self, error: SalesPipelineError) -> None:
        text = str(error)
        assert text.startswith("cannot ")
        assert not text.endswith(".")

    def test_are_all_listed(self) -> None:
        defined = {name for name, value in vars(errors).items() if isinstance(value, type)}
        assert {name for name in defined if issubclass(getattr(errors, name), SalesPipelineError)} == set(
            errors.__all__
        )

    def test_a_refusal_in_a_real_sale_is_the_same_after_pickling(self) -> None:
        from tests.properties.walks import TODAY, new_sale

        from salespipeline.presets import superoffice
        from salespipeline.rules.apply import apply

        with pytest.raises(Refused) as caught:
            apply(new_sale(superoffice.new_business()), Sell("nobody", value="x"), on=TODAY)
        assert pickle.loads(pickle.dumps(caught.value)).problems == caught.value.problems  # noqa: S301  # just written
