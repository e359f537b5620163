"""What users add: actions, rules and dialects of their own."""

from collections.abc import Iterator, Mapping
from datetime import date
from typing import Any

import pytest
from attrs import evolve, frozen
from hypothesis import given
from renewal import RENEWAL
from tests.properties.walks import TODAY, new_sale

from salespipeline.errors import BrokenRule
from salespipeline.model.action import Action, Moment
from salespipeline.model.actions import ACTIONS, Edit, Lose, Next, Register, Sell
from salespipeline.model.dialect import Dialect
from salespipeline.model.lifecycle import Lifecycle, Row
from salespipeline.model.problem import Problem, Refused
from salespipeline.model.quote_actions import LINE_ACTIONS, LINK_ACTIONS, QUOTE_ACTIONS
from salespipeline.model.rule import Rule
from salespipeline.model.sale import Sale
from salespipeline.model.standing import Standing
from salespipeline.model.state import Open, Stalled
from salespipeline.presets import contact_manager, superoffice
from salespipeline.quoting import CancelOrder, CreateQuote, PlaceOrder, PostInvoice, SendQuote, Validate
from salespipeline.rules.apply import apply, problems
from salespipeline.rules.book import BOOK, all_rules
from salespipeline.rules.offers import available
from salespipeline.rules.quote_parts import for_step
from salespipeline.rules.quoting import QUOTING
from salespipeline.testing.strategies import legal_actions_for, sales

# An action of one's own, whole: the class, a row of the rule book, a row of the lifecycle.


@frozen
class Sleep(Action):
    """Put a sale aside for ever so long."""

    brings = frozenset({Standing.STALLED})

    until: date
    because: str = ""


def long_enough(sale: Sale, action: Sleep, moment: Moment) -> Iterator[Problem]:
    if action.until <= moment.on:
        yield Problem("too-short", "until", action.until, params={"message": "sleep until a later day"})


def fall_asleep(sale: Sale, action: Sleep, moment: Moment, target: Standing) -> Mapping[str, Any]:
    return {"state": Stalled(action.until), "card": evolve(sale.card, note=action.because)}


OWN = Rule(Sleep, fall_asleep, (long_enough,), name="sleep")
LIFECYCLE = Lifecycle("Sleepy", (*superoffice.LIFECYCLE.rows, Row(Standing.OPEN, Sleep, Standing.STALLED, "tired")))
SLEEPY = evolve(superoffice.DIALECT, name="sleepy", lifecycle=LIFECYCLE, rules=(OWN,))
SALE = new_sale(evolve(superoffice.new_business(), dialect=SLEEPY))


class TestAnActionOfOnesOwn:
    def test_works(self) -> None:
        after = apply(SALE, Sleep(date(2025, 9, 1), "tired"), on=TODAY)
        assert (after.standing, after.reopen_on, after.card.note) == (Standing.STALLED, date(2025, 9, 1), "tired")
        assert after.history[-1].action == "Sleep"

    def test_is_on_offer_with_what_it_needs(self) -> None:
        (offer,) = (offer for offer in available(SALE, on=TODAY) if offer.action is Sleep)
        assert (offer.is_open, offer.needs) == (True, ("until",))

    def test_is_refused_by_its_own_check(self) -> None:
        (problem,) = problems(SALE, Sleep(TODAY), on=TODAY)
        assert str(problem) == "sleep until a later day"

    def test_is_refused_where_it_has_no_row(self) -> None:
        sold = apply(SALE, Sell(), on=TODAY)
        assert [problem.code for problem in problems(sold, Sleep(TODAY), on=TODAY)] == ["no-such-step"]

    def test_is_unknown_to_other_dialects(self) -> None:
        other = new_sale(superoffice.new_business())
        with pytest.raises(Refused, match="Sleep"):
            apply(other, Sleep(date(2025, 9, 1)), on=TODAY)

    def test_without_a_rule_is_a_fault_of_the_table(self) -> None:
        kind = evolve(superoffice.new_business(), dialect=evolve(SLEEPY, rules=()))
        with pytest.raises(BrokenRule, match="Sleep"):
            apply(new_sale(kind), Next(), on=TODAY)

    def test_gets_its_rule_from_the_type_too(self) -> None:
        kind = evolve(superoffice.new_business(), dialect=evolve(SLEEPY, rules=()), rules=(OWN,))
        assert apply(new_sale(kind), Sleep(date(2025, 9, 1)), on=TODAY).standing is Standing.STALLED

    def test_that_leads_elsewhere_than_its_row_is_a_fault_of_the_rule(self) -> None:
        def stay(sale: Sale, action: Sleep, moment: Moment, target: Standing) -> Mapping[str, Any]:
            return {"state": Open()}

        kind = evolve(superoffice.new_business(), dialect=evolve(SLEEPY, rules=(Rule(Sleep, stay),)))
        with pytest.raises(BrokenRule, match="leads to 'open'"):
            apply(new_sale(kind), Sleep(date(2025, 9, 1)), on=TODAY)

    @given(legal_actions_for(SALE, TODAY))
    def test_is_not_drawn_when_it_needs_a_value(self, action: Action) -> None:
        assert not isinstance(action, Sleep)


def not_on_friday(sale: Sale, action: Sell, moment: Moment) -> Iterator[Problem]:
    if moment.on.weekday() == 4:
        yield Problem("friday", params={"message": "not on a Friday"})


def numbered(sale: Sale, action: Edit, moment: Moment) -> Iterator[Problem]:
    if not sale.card.number and action.number in ("", None):
        yield Problem("required", "number")


FRIDAY = date(2025, 3, 7)
CAREFUL = evolve(superoffice.new_business(), rules=(Rule(Sell, checks=(not_on_friday,), name="no Fridays"),))


class TestChecksOfOnesOwn:
    def test_of_a_type_appear_with_the_rest(self) -> None:
        found = problems(new_sale(CAREFUL), Sell("nobody", value="x"), on=FRIDAY)
        assert [problem.code for problem in found] == ["unknown-reason", "invalid-value", "friday"]

    def test_let_through_what_they_have_nothing_against(self) -> None:
        assert apply(new_sale(CAREFUL), Sell(), on=date(2025, 3, 6)).is_closed

    def test_close_the_offer(self) -> None:
        (offer,) = (offer for offer in available(new_sale(CAREFUL), on=FRIDAY) if offer.action is Sell)
        assert not offer.is_open
        assert str(offer) == "Sell: no, not on a Friday"

    def test_of_a_dialect_and_a_type_come_together(self) -> None:
        dialect = evolve(superoffice.DIALECT, name="careful", rules=(Rule(Sell, checks=(not_on_friday,)),))
        found = problems(new_sale(evolve(CAREFUL, dialect=dialect)), Sell(), on=FRIDAY)
        assert [problem.code for problem in found] == ["friday", "friday"]

    def test_of_registering_are_asked_at_the_beginning(self) -> None:
        def owned(sale: Sale, action: Register, moment: Moment) -> Iterator[Problem]:
            if sale.owner is None:
                yield Problem("required", "owner")

        kind = evolve(superoffice.new_business(), rules=(Rule(Register, checks=(owned,), name="owned"),))
        with pytest.raises(Refused, match="owner is required"):
            new_sale(kind)
        assert new_sale(kind, owner="anna").owner == "anna"

    @given(sales(CAREFUL, owner="anna"))
    def test_do_not_stop_the_strategies(self, sale: Sale) -> None:
        """What rules refuse is left out of a drawn life; what they require is given with every sale."""
        assert sale.history[0].parties.owner == "anna"
        assert [entry for entry in sale.history if entry.action == "Sell" and entry.on.weekday() == 4] == []

    def test_do_not_hide_a_change_of_ones_own(self) -> None:
        """The last row with a change has the word: a type can change what an action does."""

        def sell_noted(sale: Sale, action: Sell, moment: Moment, target: Standing) -> Mapping[str, Any]:
            standard = next(rule.change for rule in BOOK if rule.action is Sell)
            assert standard
            return {**standard(sale, action, moment, target), "card": evolve(sale.card, note="hooray")}

        kind = evolve(superoffice.new_business(), rules=(Rule(Sell, sell_noted, name="noted"),))
        sold = apply(new_sale(kind), Sell(), on=TODAY)
        assert (sold.is_closed, sold.card.note, sold.probability) == (True, "hooray", 100)


class TestAVariant:
    STRICT: Dialect = evolve(superoffice.DIALECT, name="strict", needs=((Sell, ("reason",)), (Lose, ("reason",))))
    SALE = new_sale(evolve(superoffice.new_business(), dialect=STRICT))

    def test_requires_a_reason(self) -> None:
        (problem,) = problems(self.SALE, Sell(), on=TODAY)
        assert (problem.code, problem.field) == ("required-of-list", "reason")
        assert "'price'" in str(problem)

    def test_says_so_in_the_offer(self) -> None:
        (offer,) = (offer for offer in available(self.SALE, on=TODAY) if offer.action is Sell)
        assert (offer.is_open, offer.needs) == (True, ("reason",))
        assert apply(self.SALE, offer.make(reason="price"), on=TODAY).is_closed

    def test_keeps_the_reason_that_it_required(self) -> None:
        """What was required to close cannot be emptied afterwards."""
        sold = apply(self.SALE, Sell("price"), on=TODAY)
        assert problems(sold, Edit(reason=None), on=TODAY)
        assert apply(sold, Edit(reason="quality"), on=TODAY).reason == "quality"

    def test_locks_what_it_says(self) -> None:
        dialect = evolve(superoffice.DIALECT, name="locked", locks=((Standing.OPEN, ("title", "owner", "stage")),))
        sale = new_sale(evolve(superoffice.new_business(), dialect=dialect))
        assert [problem.code for problem in problems(sale, Edit(title="Other"), on=TODAY)] == ["locked"]
        assert [problem.code for problem in problems(sale, Next("first-meeting"), on=TODAY)] == ["locked"]


class TestTheBook:
    def test_has_one_row_for_every_action(self) -> None:
        assert [rule.action for rule in BOOK] == list(ACTIONS)

    def test_has_a_change_in_every_row(self) -> None:
        assert [rule for rule in BOOK if rule.change is None] == []

    def test_every_check_and_change_says_its_rule(self) -> None:
        functions = {function for rule in BOOK for function in (rule.change, *rule.checks) if function}
        assert [function for function in functions if not function.__doc__] == []


class TestTheRowsOfQuotes:
    def test_have_one_change_for_every_action(self) -> None:
        """Lose has one in the book too: with a quote, it may be lost with the sale."""
        changing = [rule.action for rule in QUOTING if rule.change]
        every = (*LINE_ACTIONS, *QUOTE_ACTIONS, *LINK_ACTIONS, PlaceOrder, CancelOrder, PostInvoice, Lose)
        assert sorted(changing, key=str) == sorted(every, key=str)

    def test_add_checks_alone_to_what_is_not_about_quotes(self) -> None:
        others = {rule.action for rule in QUOTING if rule.change is None}
        assert [action for action in others if action.is_quoting or action not in ACTIONS] == []

    def test_are_those_of_what_a_process_offers(self) -> None:
        held = {rule.action for rule in all_rules(contact_manager.DIALECT) if rule.action.is_quoting}
        assert held == set(LINE_ACTIONS)
        assert [rule for rule in all_rules(RENEWAL) if rule in QUOTING] == []

    def test_stay_with_a_dialect_that_has_rows_of_its_own(self) -> None:
        dialect = evolve(superoffice.DIALECT, name="own", rules=(Rule(Sell, checks=(not_on_friday,)),))
        quoted = apply(new_sale(evolve(superoffice.new_business(), dialect=dialect)), CreateQuote(), on=TODAY)
        assert quoted.quote is not None

    def test_take_checks_of_a_type(self) -> None:
        kind = evolve(superoffice.new_business(), rules=(Rule(SendQuote, checks=(not_on_friday,), name="no Fridays"),))
        sale = apply(new_sale(kind), CreateQuote(), on=TODAY)
        sale = apply(sale, Validate(), on=TODAY)
        assert [problem.code for problem in problems(sale, SendQuote(), on=FRIDAY)] == ["friday"]
        assert problems(sale, SendQuote(), on=date(2025, 3, 6)) == ()

    def test_come_before_those_of_a_type_which_change_what_an_action_does(self) -> None:
        def named(sale: Sale, action: CreateQuote, moment: Moment, target: Standing) -> Mapping[str, Any]:
            standard = next(rule.change for rule in QUOTING if rule.action is CreateQuote)
            assert standard
            return {**standard(sale, action, moment, target), "card": evolve(sale.card, note="quoted")}

        kind = evolve(superoffice.new_business(), rules=(Rule(CreateQuote, named, name="noted"),))
        sale = apply(new_sale(kind), CreateQuote(), on=TODAY)
        assert (sale.note, sale.quote is not None) == ("quoted", True)

    def test_every_check_condition_and_change_says_its_rule(self) -> None:
        rows = [(rule.change, *rule.checks, *rule.conditions) for rule in QUOTING]
        functions = {function for row in rows for function in row if function}
        made = {function for function in functions if function.__qualname__.startswith(for_step.__name__)}
        assert made
        assert [function for function in functions - made if not function.__doc__] == []
