"""A quote's life against a plain account of it: dicts, fractions, and the rules of the reference (5) told anew."""

from collections.abc import Iterator
from copy import deepcopy
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from fractions import Fraction
from typing import Any

from attrs import evolve
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    initialize,
    invariant,
    precondition,
    rule,
    run_state_machine_as_test,
)
from tests.properties import reckoning
from tests.properties.reckoning import half_up, is_close
from tests.properties.test_available import misjudged
from tests.properties.walks import TODAY, WALKED, new_sale

from salespipeline import MemoryStorage, Pipeline
from salespipeline.codec import decode_sale, encode_sale
from salespipeline.model.action import Action
from salespipeline.model.actions import Edit, Lose, Reopen, Stall
from salespipeline.model.ids import PriceListId, ProductId
from salespipeline.model.pricing import Master
from salespipeline.model.problem import Refused
from salespipeline.model.quote import Quote, QuoteVersion
from salespipeline.model.quote_life import QUOTE_LIFECYCLE, QuoteStanding
from salespipeline.model.quote_policy import QuoteCheck, QuotePolicy
from salespipeline.model.sale import Sale
from salespipeline.model.standing import Standing
from salespipeline.presets import superoffice
from salespipeline.quoting import (
    ActivateVersion,
    AddAlternative,
    AddQuoteLine,
    Approve,
    CancelRequest,
    ChooseFavourite,
    CopyQuote,
    CreateQuote,
    DeleteQuote,
    Disapprove,
    EditAlternative,
    EditQuoteLine,
    LoseQuote,
    NewVersion,
    OrderAlternatives,
    PlaceOrder,
    PlaceOrderOnly,
    PriceList,
    Product,
    RemoveAlternative,
    RemoveQuoteLine,
    RequestApproval,
    SendQuote,
    UpdatePrices,
    Validate,
)
from salespipeline.rules.apply import apply, problems
from salespipeline.rules.offers import available
from salespipeline.testing.asking import quoting_actions_for
from salespipeline.testing.priced import masters, prices, quantities, typed_percents

POLICY = QuotePolicy(
    discount_on_total=True,
    max_discount="20",
    min_earning="5",
    approvers=["bob"],
    warns_of=[QuoteCheck.BELOW_COST],
    refuses=[QuoteCheck.TOTAL_NEGATIVE],
    ignores=[QuoteCheck.TOTAL_ZERO],
    valid_days=20,
)
TYPE = evolve(superoffice.new_business(), quoting=POLICY)
LIST = PriceListId("2025")
DESK = ProductId("desk")

# The account: where a version stands, in the words of the reference (5.2), and what it holds.

RAW, CLEAN, ASKING, APPROVED, REJECTED = "not calculated", "calculated", "needs approval", "approved", "not approved"
SENT, SOLD, LOST, ARCHIVED = "sent", "sold", "lost", "archived"
DRAFTS = (RAW, CLEAN, ASKING, APPROVED, REJECTED)
STANDINGS = dict(zip((*DRAFTS, SENT, SOLD, LOST, ARCHIVED), QuoteStanding, strict=True))

Plain = dict[str, Any]
NOTHING_TYPED: Plain = {"master": "none", "typed": None, "system_discount": Decimal(0)}


def plain_line(line: Any) -> Plain:
    found = reckoning.plain_line(line)
    return {"id": line.id, "listed": line.price_list is not None, **found}


def plain_version(version: QuoteVersion) -> Plain:
    """A version as the account has it."""
    was = None if version.archived_from is None else version.archived_from
    return {
        "standing": version.standing,
        "was": was,
        "favourite": version.favourite,
        "alternatives": [
            {
                **{name: getattr(each, name) for name in ("id", "name", "typed", "system_discount")},
                "master": each.master.field,
                "lines": [plain_line(line) for line in each.lines],
            }
            for each in version.alternatives
        ],
    }


def in_words(version: Plain) -> Plain:
    """A version of the account, to compare: its standings are the library's."""
    was = None if version["was"] is None else STANDINGS[version["was"]]
    kept = {name: version[name] for name in ("favourite", "alternatives")}
    return {"standing": STANDINGS[version["standing"]], "was": was, **kept}


def is_negative(amount: Fraction) -> bool:
    return amount < 0


def verdict(version: Plain) -> str:
    """Clean, a warning or an error: the checks of the policy and the two limits, each strict (5.3, 5.4)."""
    found = {CLEAN}
    for whole in version["alternatives"]:
        total, gross = reckoning.alternative_total(whole), reckoning.gross_of(whole)
        totals = [(reckoning.line_total(line), line) for line in whole["lines"]]
        if is_negative(total) or any(is_negative(amount) for amount, _ in totals):
            found.add("error")
        if any(line["quantity"] > 0 and amount < reckoning.cost_of(line) for amount, line in totals):
            found.add(ASKING)
        discount, earned = reckoning.percent(gross - total, gross), earned_percent(whole)
        if (discount is not None and discount > 20) or (earned is not None and earned < 5):
            found.add(ASKING)
    return "error" if "error" in found else ASKING if ASKING in found else CLEAN


def earned_percent(whole: Plain) -> Fraction | None:
    total = reckoning.alternative_total(whole)
    return reckoning.percent(total - reckoning.alternative_cost(whole), total)


Figure = tuple[Master, Decimal | None]
Numbers = st.integers(0, 9)


def typed_of(figure: Figure) -> Plain:
    """The parameters of an action that type one of the five; with none, what was typed is taken back."""
    master, value = figure
    return {"total": None} if value is None else {master.field: value}


class QuotedLife(RuleBasedStateMachine):
    """A sale with a quote, through drafts, approval, sending, new versions and orders."""

    sale: Sale

    def __init__(self) -> None:
        super().__init__()
        self.versions: list[Plain] = []
        self.asked = False
        self.ever: set[str] = set()
        self.made = 0
        self.sold_from: Quote | None = None
        self.on = TODAY
        self.frozen: dict[int, QuoteVersion] = {}
        self.worth = (Decimal("0.00"), Decimal("0.00"))
        self.seen: Sale | None = None
        self.text = ""

    @initialize(lost_with_sale=st.booleans(), steps=st.integers(0, 12), dear=st.booleans())
    def begin(self, lost_with_sale: bool, steps: int, dear: bool) -> None:
        """A quote with two alternatives, led on for some steps: sent, renewed and sent again."""
        self.lost_with_sale = lost_with_sale
        policy = evolve(POLICY, lost_with_sale=lost_with_sale)
        self.sale = new_sale(evolve(TYPE, quoting=policy), owner="anna")
        self.create("Products")
        self.add_line(0, Decimal(2), Decimal(10), Decimal(7), (Master.TOTAL, Decimal(15 if dear else 18)))
        self.add_alternative(0, None)
        for _ in range(steps):
            self.lead_on()

    # What the account says.

    @property
    def active(self) -> Plain:
        return self.versions[-1]

    @property
    def standing(self) -> str:
        """Where the active version stands; empty without a quote, or while the sale is closed."""
        running = self.sale.standing in (Standing.OPEN, Standing.STALLED)
        return str(self.active["standing"]) if self.versions and running else ""

    @property
    def is_running(self) -> bool:
        return self.sale.standing in (Standing.OPEN, Standing.STALLED)

    @property
    def lines(self) -> list[Plain]:
        return [line for whole in self.active["alternatives"] for line in whole["lines"]] if self.versions else []

    def whole(self, place: int) -> Plain:
        """One of the alternatives of the active version."""
        found: Plain = self.active["alternatives"][place % len(self.active["alternatives"])]
        return found

    def fresh(self, prefix: str) -> str:
        """An id that no line or alternative of this quote ever had."""
        self.made += 1
        id = f"{prefix}-{self.made}"
        assert id not in self.ever
        self.ever.add(id)
        return id

    # Asking: what the account allows passes, anything else changes nothing.

    def ask(self, action: Action, allowed: bool, *, by: str = "anna") -> bool:
        """Carry it out where the account allows it; where not, see it refused with nothing changed."""
        found, before = problems(self.sale, action, on=self.on, by=by), self.sale
        assert (found == ()) == allowed, (action, found, allowed)
        if found:
            try:
                apply(self.sale, action, on=self.on, by=by)
            except Refused as refused:
                assert refused.problems == found
            else:
                raise AssertionError(action)
            assert self.seen is not before or encode_sale(before) == self.text
            return False
        self.sale = apply(before, action, on=self.on, by=by)
        check_steps(before.quote, self.sale.quote)
        return True

    def edit(self, action: Action, changed: list[Plain], favourite: str | None = None) -> None:
        """An edit of the draft: what changes is to be calculated and judged again, what does not stays as it was."""
        before = self.sale
        if self.ask(action, self.standing in DRAFTS):
            is_same = (changed, favourite or self.active["favourite"]) == (
                self.active["alternatives"],
                self.active["favourite"],
            )
            assert (self.sale is before) == is_same
            if not is_same:
                self.active.update(alternatives=changed, favourite=favourite or self.active["favourite"], standing=RAW)
                self.asked = False
                self.follow()

    def follow(self) -> None:
        """The sale is worth what the favourite of the active version comes to."""
        best = next(each for each in self.active["alternatives"] if each["id"] == self.active["favourite"])
        quote = self.sale.quote
        assert quote is not None
        found = quote.favourite
        among = [reckoning.gross_of(best), reckoning.alternative_cost(best), reckoning.alternative_subtotal(best)]
        among += [reckoning.line_total(line) for line in best["lines"]]
        assert is_close(found.total, reckoning.alternative_total(best), among)
        self.worth = half_up(Fraction(found.total), 2), half_up(reckoning.alternative_cost(best), 2)

    # Beginning and ending.

    @precondition(lambda self: self.is_running)
    @rule(name=st.sampled_from(["Products", "Desks"]))
    def create(self, name: str) -> None:
        if self.ask(CreateQuote(name=name), not self.versions):
            self.ever, self.made, self.frozen, self.asked = set(), 0, {}, False
            first: Plain = {"id": self.fresh("ALT"), "name": name, "lines": [], **NOTHING_TYPED}
            self.versions = [{"standing": RAW, "was": None, "favourite": first["id"], "alternatives": [first]}]
            self.follow()

    @precondition(lambda self: self.is_running and self.sold_from is not None)
    @rule()
    def copy(self) -> None:
        """The quote that was deleted comes back by a copy: a draft of its active version, with the ids it had."""
        source = self.sold_from
        assert source is not None
        if self.ask(CopyQuote(source), not self.versions):
            found = plain_version(source.active)
            self.versions = [{**found, "standing": RAW, "was": None}]
            self.made, self.frozen, self.asked = source.made, {}, False
            self.ever = set(ids_of(source))
            self.follow()

    @precondition(lambda self: self.is_running)
    @rule()
    def delete(self) -> None:
        """Without its quote, the sale keeps the amount that it had."""
        quote = self.sale.quote
        if self.ask(DeleteQuote(), bool(self.versions)):
            self.sold_from = quote
            self.versions, self.frozen = [], {}

    @precondition(lambda self: self.standing)
    @rule()
    def lead_on(self) -> None:
        """One step on the way to the customer, and back with a new version."""
        match self.standing:
            case "not calculated":
                self.validate()
            case "needs approval":
                self.decide("bob", None, yes=True)
            case "calculated" | "approved":
                self.send(follow_up=False)
            case "sent" | "lost":
                self.renew()
            case _:
                self.delete()
                self.create("Once more")

    # Lines.

    @precondition(lambda self: self.standing in (RAW, CLEAN, ASKING, REJECTED))
    @rule(place=Numbers, quantity=quantities(), price=prices(), cost=prices(), figure=masters())
    def add_line(self, place: int, quantity: Decimal, price: Decimal, cost: Decimal, figure: Figure) -> None:
        changed = deepcopy(self.active["alternatives"])
        whole = changed[place % len(changed)]
        action = AddQuoteLine(
            "Chair", alternative=whole["id"], quantity=quantity, list_price=price, cost=cost, **typed_of(figure)
        )
        self.put_line(action, changed, whole, quantity=quantity, list_price=price, cost=cost, figure=figure)

    @precondition(lambda self: self.standing in DRAFTS)
    @rule(price=prices())
    def add_from_a_price_list(self, price: Decimal) -> None:
        """To the favourite, a product's own quantity at its own prices."""
        changed = deepcopy(self.active["alternatives"])
        whole = next(each for each in changed if each["id"] == self.active["favourite"])
        action = AddQuoteLine(DESK, price_list=listed(price))
        cost = Decimal(5)
        self.put_line(action, changed, whole, quantity=Decimal(3), list_price=price, cost=cost, listed=True)

    def put_line(
        self, action: Action, changed: list[Plain], whole: Plain, figure: Figure = (Master.NONE, None), **given: Any
    ) -> None:
        line = {"listed": False, "vat": Decimal(0), "periods": None, **NOTHING_TYPED, **given}
        line |= {"id": self.fresh("L"), "master": figure[0].field, "typed": figure[1]}
        whole["lines"].append(line)
        self.edit(action, changed)

    @precondition(lambda self: self.standing in DRAFTS and self.lines)
    @rule(place=Numbers, figure=masters())
    def type_a_figure(self, place: int, figure: Figure) -> None:
        """It is the master from now on; what was the master follows."""
        self.edit_line(place, typed_of(figure), master=figure[0].field, typed=figure[1])

    @precondition(lambda self: self.standing in DRAFTS and self.lines)
    @rule(place=Numbers, name=st.sampled_from(["quantity", "list_price", "cost", "system_discount"]), value=prices(99))
    def change_what_is_no_master(self, place: int, name: str, value: Decimal) -> None:
        """The master keeps its value, and everything else follows."""
        self.edit_line(place, {name: value}, **{name: value})

    def edit_line(self, place: int, parameters: Plain, **changes: Any) -> None:
        changed = deepcopy(self.active["alternatives"])
        lines = [line for whole in changed for line in whole["lines"]]
        line = lines[place % len(lines)]
        line.update(changes)
        self.edit(EditQuoteLine(line["id"], **parameters), changed)

    @precondition(lambda self: self.standing in DRAFTS and self.lines)
    @rule(some=st.sets(Numbers, min_size=1, max_size=2))
    def remove_lines(self, some: set[int]) -> None:
        gone = {self.lines[place % len(self.lines)]["id"] for place in some}
        changed = deepcopy(self.active["alternatives"])
        for whole in changed:
            whole["lines"] = [line for line in whole["lines"] if line["id"] not in gone]
        self.edit(RemoveQuoteLine(sorted(gone)), changed)

    @precondition(lambda self: self.standing)
    @rule(price=prices())
    def update_prices(self, price: Decimal) -> None:
        """What came from the list has its prices of today, judged at once; quantity and master stay."""
        changed = deepcopy(self.active["alternatives"])
        for line in (line for whole in changed for line in whole["lines"] if line["listed"]):
            line |= {"list_price": price, "cost": Decimal(5)}
        before = deepcopy(self.active)
        self.edit(UpdatePrices(price_lists=[listed(price)]), changed)
        if self.active != before:  # new prices are judged at once
            self.active["standing"] = self.judged()

    # Alternatives.

    @precondition(lambda self: self.standing in DRAFTS and len(self.active["alternatives"]) < 4)
    @rule(place=st.none() | Numbers, figure=st.none() | masters())
    def add_alternative(self, place: int | None, figure: Figure | None) -> None:
        """Empty, or with copies of another's lines; a discount of its own is copied too, unless one is typed."""
        changed = deepcopy(self.active["alternatives"])
        source: Plain = {"lines": [], **NOTHING_TYPED} if place is None else deepcopy(self.whole(place))
        new = {**source, "id": self.fresh("ALT"), "name": "Large"}
        new["lines"] = [{**line, "id": self.fresh("L")} for line in source["lines"]]
        if figure is not None:
            new |= {"master": figure[0].field, "typed": figure[1]}
        changed.append(new)
        typed = {} if figure is None else typed_of(figure)
        self.edit(AddAlternative("Large", copy_of=source.get("id"), **typed), changed)

    @precondition(lambda self: self.standing in DRAFTS)
    @rule(place=Numbers, figure=masters(), system=st.none() | typed_percents(-5, 20))
    def discount_the_whole(self, place: int, figure: Figure, system: Decimal | None) -> None:
        """A figure over the whole of an alternative, on top of what its lines take off."""
        changed = deepcopy(self.active["alternatives"])
        whole = changed[place % len(changed)]
        whole |= {"master": figure[0].field, "typed": figure[1]}
        typed = typed_of(figure)
        if system is not None:
            whole["system_discount"] = typed["system_discount"] = system
        self.edit(EditAlternative(whole["id"], **typed), changed)

    @precondition(lambda self: self.standing)
    @rule(place=Numbers)
    def remove_alternative(self, place: int) -> None:
        """One stays at least; the favourite passes on to the first that is left."""
        gone = self.whole(place)["id"]
        left = [each for each in self.active["alternatives"] if each["id"] != gone]
        if not left:
            self.ask(RemoveAlternative(gone), allowed=False)
            return
        favourite = self.active["favourite"] if self.active["favourite"] != gone else left[0]["id"]
        self.edit(RemoveAlternative(gone), left, favourite)

    @precondition(lambda self: self.standing)
    @rule(place=Numbers)
    def choose(self, place: int) -> None:
        self.edit(ChooseFavourite(self.whole(place)["id"]), self.active["alternatives"], self.whole(place)["id"])

    @precondition(lambda self: self.standing)
    @rule(place=Numbers)
    def put_first(self, place: int) -> None:
        first = self.whole(place)
        others = [each for each in self.active["alternatives"] if each is not first]
        self.edit(OrderAlternatives([first["id"]]), [first, *others])

    # Judging, approval and sending.

    @precondition(lambda self: self.standing in DRAFTS and self.lines)
    @rule(
        limit=st.sampled_from(["20", "20.01", "40"]).map(lambda percent: (Master.DISCOUNT_PERCENT, percent))
        | st.sampled_from(["5", "4.99", "4.8"]).map(lambda percent: (Master.EARNING_PERCENT, percent))
    )
    def go_to_the_limit(self, limit: tuple[Master, str]) -> None:
        """A figure over the whole that just needs no approval, or just does, and the verdict on it."""
        self.discount_the_whole(0, (limit[0], Decimal(limit[1])), None)
        self.validate()

    def judged(self) -> str:
        """Where validating leads the active version; a decision is not taken back."""
        if self.active["standing"] in (APPROVED, REJECTED):
            return str(self.active["standing"])
        found = verdict(self.active)
        return RAW if found == "error" else found

    @precondition(lambda self: self.standing)
    @rule()
    def validate(self) -> None:
        if self.ask(Validate(), self.standing in DRAFTS):
            self.active["standing"] = self.judged()

    @precondition(lambda self: self.standing in (ASKING, CLEAN))
    @rule(approver=st.sampled_from(["bob", "anna"]))
    def request(self, approver: str) -> None:
        """Only who may approve is asked; there is a task for them."""
        tasks = len(self.sale.activities)
        if self.ask(RequestApproval(approver, comment="Please"), self.standing == ASKING and approver == "bob"):
            self.asked = True
            assert (len(self.sale.activities), self.sale.activities[-1].owner) == (tasks + 1, approver)

    @precondition(lambda self: self.standing in (ASKING, CLEAN))
    @rule()
    def cancel_request(self) -> None:
        if self.ask(CancelRequest(), self.standing == ASKING and self.asked):
            self.asked = False

    @precondition(lambda self: self.standing in (CLEAN, ASKING, SENT))
    @rule(by=st.sampled_from(["bob", "anna"]), told=st.none() | st.sampled_from(["bob", "anna"]), yes=st.booleans())
    def decide(self, by: str, told: str | None, yes: bool) -> None:
        """Who may decides; somebody else may write it down."""
        action = Approve("fine", by=told) if yes else Disapprove("no", by=told)
        if self.ask(action, self.standing == ASKING and (told or by) == "bob", by=by):
            self.active["standing"] = APPROVED if yes else REJECTED
            approval = self.sale.quote and self.sale.quote.active.approval
            assert approval
            assert (approval.decided_by, approval.registered_by, approval.approved) == ("bob", by, yes)

    @precondition(lambda self: self.standing)
    @rule(follow_up=st.booleans())
    def send(self, follow_up: bool) -> None:
        """What is clean or approved is sent; it holds for the days of the type, and is in the activities."""
        made = len(self.sale.activities)
        if self.ask(SendQuote(follow_up=follow_up), self.standing in (CLEAN, APPROVED)):
            self.active["standing"] = SENT
            quote = self.sale.quote
            assert quote is not None
            assert quote.active.valid_until == self.on + timedelta(days=20)
            assert len(self.sale.activities) == made + 1 + follow_up

    @precondition(lambda self: self.standing)
    @rule()
    def renew(self) -> None:
        """A copy of what was sent or lost is the active version; all others are archived."""
        if self.ask(NewVersion(), self.standing in (SENT, LOST)):
            self.add_version(self.active)

    @precondition(lambda self: self.standing)
    @rule(rank=st.integers(1, 5))
    def activate(self, rank: int) -> None:
        """A copy of an archived version takes over, whatever the active one is, unless that is sold."""
        ranks = [place for place, each in enumerate(self.versions, 1) if each["standing"] == ARCHIVED]
        if self.ask(ActivateVersion(rank), rank in ranks and self.standing != SOLD):
            self.add_version(self.versions[rank - 1])

    def add_version(self, source: Plain) -> None:
        copied = {"favourite": source["favourite"], "alternatives": deepcopy(source["alternatives"])}
        self.active.update(was=self.active["standing"], standing=ARCHIVED)
        self.versions.append({"standing": RAW, "was": None, **copied})
        self.asked = False
        self.follow()

    @precondition(lambda self: self.standing)
    @rule()
    def lose_quote(self) -> None:
        if self.ask(LoseQuote(), self.standing in (*DRAFTS, SENT)):
            self.active["standing"] = LOST

    # Orders, and the sale around the quote.

    @precondition(lambda self: self.standing in (ASKING, CLEAN, APPROVED, SENT, SOLD))
    @rule(place=st.none() | Numbers, sells=st.booleans())
    def order(self, place: int | None, sells: bool) -> None:
        """The alternative that was accepted is the favourite, and sets what the sale is worth."""
        accepted = self.active["favourite"] if place is None else self.whole(place)["id"]
        given = None if place is None else accepted
        action = PlaceOrder(given, number="PO-7") if sells else PlaceOrderOnly(given, number="PO-7")
        self.frozen.pop(len(self.versions), None)  # a sent one may yet get another favourite
        if self.ask(action, self.standing in (CLEAN, APPROVED, SENT)):
            self.active.update(standing=SOLD, favourite=accepted)
            self.follow()
            order = self.sale.quote and self.sale.quote.order
            assert order
            assert (order.on, order.alternative, order.number) == (self.on, accepted, "PO-7")
            assert self.sale.standing is (Standing.SOLD if sells else self.sale.standing)

    @precondition(lambda self: self.is_running)
    @rule()
    def lose_sale(self) -> None:
        """The quote is lost with the sale, where the type has it so."""
        can_lose = bool(self.versions) and self.active["standing"] in (*DRAFTS, SENT)
        if self.ask(Lose(), allowed=True) and can_lose and self.lost_with_sale:
            self.active["standing"] = LOST

    @precondition(lambda self: self.sale.is_closed)
    @rule()
    def reopen(self) -> None:
        self.ask(Reopen(), allowed=True)

    @precondition(lambda self: self.sale.standing is Standing.OPEN)
    @rule()
    def stall(self) -> None:
        """A quote goes on while the sale is stalled."""
        self.ask(Stall(), allowed=True)

    @rule(days=st.integers(1, 30))
    def wait(self, days: int) -> None:
        """What is sent expires at the end of its last day, and stays what it is."""
        self.on += timedelta(days=days)
        active = self.sale.quote.active if self.sale.quote else None
        if active is not None and active.standing is QuoteStanding.SENT:
            assert active.valid_until is not None
            assert active.is_expired(self.on) == (self.on > active.valid_until)

    # What holds after every step.

    @invariant()
    def the_quote_is_that_of_the_account(self) -> None:
        quote = self.sale.quote
        found = [plain_version(version) for version in quote.versions] if quote else []
        assert found == [in_words(version) for version in self.versions]

    @invariant()
    def just_the_last_version_is_active(self) -> None:
        quote = self.sale.quote
        if quote is not None:
            assert [version.rank for version in quote.versions] == list(range(1, len(self.versions) + 1))
            assert quote.active is quote.versions[-1]
            assert [v.standing for v in quote.versions[:-1]] == [QuoteStanding.ARCHIVED] * (len(self.versions) - 1)
            assert all((v.archived_from is not None) == (v is not quote.active) for v in quote.versions)

    @invariant()
    def what_is_no_draft_never_changes(self) -> None:
        """But for its standing, and where it stood before it was archived."""
        for version in self.sale.quote.versions if self.sale.quote else ():
            if not version.standing.is_draft:
                kept = evolve(version, standing=QuoteStanding.SENT, archived_from=None)
                assert self.frozen.setdefault(version.rank, kept) == kept

    @invariant()
    def the_sale_is_worth_what_the_quote_says(self) -> None:
        assert (self.sale.amount, self.sale.cost) == self.worth

    @invariant()
    def sums_are_those_of_the_formulas(self) -> None:
        if self.sale.quote is not None:
            for whole, found in zip(self.active["alternatives"], self.sale.quote.active.alternatives, strict=True):
                check_sums(whole, found)

    @invariant()
    def what_was_typed_reads_as_it_was_typed(self) -> None:
        """The master and its value never move by themselves; a percentage is read as it was typed."""
        active = self.sale.quote.active if self.sale.quote else None
        typed = [(line["master"], str(line["typed"])) for line in self.lines]
        found = [line for whole in active.alternatives for line in whole.lines] if active else []
        assert [(line.master.field, str(line.typed)) for line in found] == typed
        for line in found:
            if line.master in (Master.DISCOUNT_PERCENT, Master.EARNING_PERCENT):
                assert str(getattr(line, line.master.field)) == str(line.typed)

    @invariant()
    def no_id_is_used_twice(self) -> None:
        quote = self.sale.quote
        if quote is not None:
            assert quote.made == self.made
            assert set(ids_of(quote)) <= self.ever
            for version in quote.versions:
                ids = [
                    *(each.id for each in version.alternatives),
                    *(x.id for a in version.alternatives for x in a.lines),
                ]
                assert len(set(ids)) == len(ids)

    @invariant()
    def it_is_stored_and_comes_back_and_what_is_on_offer_passes(self) -> None:
        if self.sale is self.seen:
            return
        self.seen, self.text = self.sale, encode_sale(self.sale)
        loaded = decode_sale(self.sale.id, 1, self.text, lambda _: self.sale.type)
        assert loaded == self.sale
        assert encode_sale(loaded) == self.text
        for offer in available(self.sale, on=self.on):
            assert not offer.action.is_quoting or list(misjudged(self.sale, offer, self.on)) == []


def check_steps(before: Quote | None, after: Quote | None) -> None:
    """Every version that changes its standing takes one step of the table."""
    past = {version.rank: version for version in before.versions} if before else {}
    for version in after.versions if after else ():
        source = past[version.rank].standing if version.rank in past else version.standing
        if source is not version.standing:
            assert version.standing in [row.target for row in QUOTE_LIFECYCLE.leaving(source)]
        if version.rank not in past:
            assert version.standing is QUOTE_LIFECYCLE.initial


def check_sums(whole: Plain, found: Any) -> None:
    """The sums of an alternative, of its lines and by the formulas."""
    lines = [reckoning.line_total(line) for line in whole["lines"]]
    among = [*lines, *(reckoning.subtotal_of(line) for line in whole["lines"]), reckoning.alternative_cost(whole)]
    assert [is_close(line.total, total) for line, total in zip(found.lines, lines, strict=True)] == [True] * len(lines)
    assert Fraction(found.subtotal) == sum(Fraction(line.total) for line in found.lines)
    assert is_close(found.subtotal, sum(lines, Fraction(0)), among)
    assert is_close(found.total, reckoning.alternative_total(whole), among)
    assert Fraction(found.total_cost) == reckoning.alternative_cost(whole)
    assert Fraction(found.earning_amount) == Fraction(found.total) - Fraction(found.total_cost)


def ids_of(quote: Quote) -> Iterator[str]:
    """The ids of all lines and alternatives, of every version."""
    for whole in (each for version in quote.versions for each in version.alternatives):
        yield whole.id
        yield from (line.id for line in whole.lines)


def listed(price: Decimal) -> PriceList:
    """The firm's price list, with a desk at a price that costs 5."""
    desk = Product(id=DESK, name="Desk", list_price=price, cost=5, quantity=3)
    return PriceList(id=LIST, name="2025", currency="EUR", products=[desk])


EXAMPLES = settings(max_examples=max(15, settings().max_examples // 3), stateful_step_count=30)


def test_a_quoted_life() -> None:
    """Invariants 12 to 17, 31 and 32, wherever the life of a quote comes by."""
    run_state_machine_as_test(QuotedLife, settings=EXAMPLES)


# Undoing, at a desk.


@WALKED
@given(st.data())
def test_every_step_of_a_quote_can_be_undone(data: st.DataObject) -> None:
    """Each revision can be gone back to, the first included: quote, amounts and activities are as they were saved."""
    type = evolve(TYPE, quoting=evolve(POLICY, approvers=()))
    catalog = evolve(superoffice.catalog(), types=(type,))
    clock = datetime(2025, 3, 1, 9, tzinfo=UTC)
    with Pipeline.open(MemoryStorage(), catalog=catalog, clock=lambda: clock, user="bob") as pipeline:
        sale = pipeline.add("Desks", type=type.id)
        sale = pipeline.apply(sale, CreateQuote())
        for _ in range(data.draw(st.integers(1, 6))):
            action = Edit() if sale.is_closed else data.draw(quoting_actions_for(sale, TODAY))
            if not pipeline.problems(sale, action):
                sale = pipeline.apply(sale, action)
        saved = pipeline.revisions(sale.id)
        most = max((each.sale.quote.made for each in saved if each.sale.quote), default=0)
        for revision in saved[-2::-1]:
            check_restored(pipeline.undo(sale.id, to=revision.number), revision.sale, most)


def check_restored(sale: Sale, earlier: Sale, most: int) -> None:
    """As it was, but for its history, and for the ids that were given meanwhile."""
    assert (sale.state, sale.figures, sale.position) == (earlier.state, earlier.figures, earlier.position)
    assert sale.activities == earlier.activities
    assert (sale.quote is None) == (earlier.quote is None)
    if sale.quote is not None and earlier.quote is not None:
        assert evolve(sale.quote, made=earlier.quote.made) == earlier.quote
        assert earlier.quote.made <= sale.quote.made <= most
