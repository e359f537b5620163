"""A dialect: how one product, or one firm, runs its sales. Code, never stored; sale types name theirs."""

from collections.abc import Iterable

from attrs import field, frozen

from salespipeline.errors import BrokenTable, repeated
from salespipeline.model.action import Action
from salespipeline.model.lifecycle import Lifecycle
from salespipeline.model.moves import Move
from salespipeline.model.quote_policy import QuotePolicy
from salespipeline.model.rule import Rule
from salespipeline.model.stage import Stage
from salespipeline.model.standing import Standing

Needs = tuple[type[Action], tuple[str, ...]]
Lock = tuple[Standing, tuple[str, ...]]


@frozen(kw_only=True, eq=False)
class Dialect:
    """The tables and switches of one way of selling; `attrs.evolve` makes a variant.

    What is asked: `needs` lists the parameters that an action must be given (what closing needs), `locks` the
    fields that cannot change in a standing, `deletable` the standings a sale may be deleted in, and
    `percent_places` how fine a percentage may be typed. `one_party` links a sale to just one company or
    person; `close_from_today` refuses an expected close before the day of the change. `closed_stages` are the
    two fixed stages that stand for sold and lost at the end of a list: no type can have or change them. With
    `starts_in_default`, a new sale of a type without default stage has no stage. With
    `keeps_used_stages`, none is taken out of the lists while open sales stand in it. With
    `people_listed`, a desk that keeps users, companies or persons takes those alone.

    What happens by itself: with `stage_sets_chance` False, entering a stage leaves the chance alone; with
    `stage_sets_close`, it counts the expected close by the formula that the guide has for the stage. With
    `value_aside`, the value a sale is sold for is kept beside its amount, otherwise it becomes the amount;
    with `quote_sets_value`, the sale's quote says what it is sold for. With `lone_reason`, the only
    reason in use is taken when none is given. With `closing_cancels`, closing calls planned follow-ups off
    unless told otherwise. `quoting` is the policy for quotes of types without one; `rules` are rows of its own.
    """

    name: str
    lifecycle: Lifecycle
    moves: tuple[Move, ...] = field(converter=tuple[Move, ...])
    needs: tuple[Needs, ...] = ()
    locks: tuple[Lock, ...] = ()
    deletable: frozenset[Standing] = frozenset(Standing)
    percent_places: int = 4
    stage_sets_chance: bool = True
    value_aside: bool = False
    one_party: bool = False
    close_from_today: bool = False
    keeps_used_stages: bool = False
    people_listed: bool = False
    closing_cancels: bool = False
    stage_sets_close: bool = False
    lone_reason: bool = False
    quote_sets_value: bool = False
    closed_stages: tuple[()] | tuple[Stage, Stage] = ()
    starts_in_default: bool = False
    quoting: QuotePolicy = QuotePolicy()
    rules: tuple[Rule, ...] = field(default=(), converter=tuple[Rule, ...])
    _named: dict[str, Move] = field(init=False, repr=False)

    def __attrs_post_init__(self) -> None:
        object.__setattr__(self, "_named", {move.name: move for move in self.moves})
        faults = [*_unmatched(self.lifecycle, self.moves), *_unlisted(self)]
        if faults:
            raise BrokenTable(f"dialect {self.name!r}", faults)

    def needed(self, action: type[Action]) -> tuple[str, ...]:
        """The parameters that this dialect asks of an action, beyond those it cannot be made without."""
        return tuple(name for asked, names in self.needs if issubclass(action, asked) for name in names)

    def locked(self, standing: Standing) -> tuple[str, ...]:
        """The fields that cannot change in a standing."""
        return tuple(name for where, names in self.locks if where is standing for name in names)

    def move(self, name: str) -> Move | None:
        """The move of a name, if this dialect offers it."""
        return self._named.get(name)


def _unmatched(lifecycle: Lifecycle, moves: tuple[Move, ...]) -> Iterable[str]:
    offered = {move.name for move in moves}
    rows = {action.__name__ for action in lifecycle.actions if hasattr(action, "move")}
    yield from (f"move {name} is offered twice" for name in sorted(repeated(move.name for move in moves)))
    yield from (f"lifecycle has {name}, which is not among the moves" for name in sorted(rows - offered))
    yield from (f"move {name} has no row in the lifecycle" for name in sorted(offered - rows))


def _unlisted(dialect: Dialect) -> Iterable[str]:
    known = set(dialect.lifecycle.actions)
    for action, names in dialect.needs:
        unknown = sorted(set(names) - {parameter.name for parameter in action.parameters()})
        yield from (f"{action.__name__} has no parameter {name!r} to need" for name in unknown)
    fields = {parameter.name for action in known for parameter in action.parameters()}
    for standing, names in dialect.locks:
        unknown = sorted(set(names) - fields)
        yield from (f"{name!r} is locked while {standing.value!r}, and no action sets it" for name in unknown)
    for rule in dialect.rules:
        if rule.action.tabled and rule.action not in known:
            yield f"there is a rule for {rule.action.__name__}, which has no row in the lifecycle"
