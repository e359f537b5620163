"""The clause that tries what nobody thought of: random calls on two handles, compared with dicts."""

from random import Random

from salespipeline.errors import Conflict, InvalidValue, NotFound, SalesPipelineError
from salespipeline.storage.base import Change, Commit, Expect, Storage
from salespipeline.testing.clause import AT, Clause, Store, clause, must_equal

__all__ = ["CLAUSES"]

STEPS = 400
KINDS, IDS, VALUES = ("note", "memo"), ("a", "b", "A", "é", "a/b"), ("open", "sold", '"', "")
BODIES = ("1", ' {"x" : [2]} ', r'"\u2028"', '["put","note/a",{},3]', "[[[4]]]", "broken")


class _Model:
    """What a storage should do, in the plainest way: every state there ever was, as a dict."""

    def __init__(self) -> None:
        self.states: list[dict[tuple[str, str], tuple[int, Change]]] = [{}]
        self.commands: dict[str, int] = {}

    def commit(self, given: Commit) -> int:
        state = self.states[-1]
        if any(change.body == "broken" for change in given.changes):
            raise InvalidValue("body", "broken", "")
        if given.command in self.commands:
            return self.commands[given.command]
        for expected in given.expect:
            found = state.get((expected.kind, expected.id), (None,))[0]
            if found != expected.revision:
                raise Conflict(expected.kind, expected.id, expected.revision, found)
        number = len(self.states)
        self.states.append({**state, **{(each.kind, each.id): (number, each) for each in given.changes}})
        for change in given.changes:
            if change.body is None:
                del self.states[number][change.kind, change.id]
                if (change.kind, change.id) not in state:
                    self.states.pop()
                    raise NotFound(change.kind, change.id)
        if given.command is not None:
            self.commands[given.command] = number
        return number


@clause("P-A2", "P-A4", "P-A5", "P-A6", "P-A9")
def any_calls_agree_with_a_model(store: Store) -> None:
    """Commits, batches, deletions, expectations, commands, refreshing and reopening on two handles."""
    random, model = Random(20_261_121), _Model()  # noqa: S311  # the same calls every time; nothing is kept secret
    handles, views = [store(), store()], [0, 0]
    for step in range(STEPS):
        one = random.randrange(2)
        match random.randrange(10):
            case 0:
                views[one] = handles[one].refresh()
                must_equal(views[one], len(model.states) - 1, f"step {step}: the number after refresh")
            case 1:
                handles[one].close()
                handles[one], views[one] = store(), len(model.states) - 1
            case _:
                given = _random_commit(random, model)
                due, seen = _outcome(model, given), _outcome(handles[one], given)
                must_equal(seen, due, f"step {step}: the outcome of {given!r}")
                views[one] = len(model.states) - 1 if isinstance(due, int) else views[one]
        for handle, view in zip(handles, views, strict=True):
            _compare(handle, model, view, step)


def _random_commit(random: Random, model: _Model) -> Commit:
    named = random.sample([(kind, id) for kind in KINDS for id in IDS], random.choice((1, 1, 1, 2, 3)))
    state = model.states[random.choice((-1, -1, -1, random.randrange(len(model.states))))]
    return Commit(
        changes=tuple([_random_change(random, kind, id) for kind, id in named]),
        expect=tuple(
            Expect(kind=kind, id=id, revision=state.get((kind, id), (None,))[0])
            for kind, id in random.sample(named, random.randrange(len(named) + 1))
        ),
        at=AT,
        by=random.choice(("anna", "b\u00f6b", "")),
        action=random.choice(("null", '{"do":"Edit","cmd":"x"}', '["put",1]')),
        command=random.choice((None, None, f"c{random.randrange(40)}", 'c"\\')),
    )


def _random_change(random: Random, kind: str, id: str) -> Change:
    body = None if random.randrange(4) == 0 else random.choice(BODIES[: 6 if random.randrange(8) == 0 else 5])
    return Change(kind=kind, id=id, keys=() if body is None else (("status", random.choice(VALUES)),), body=body)


def _outcome(target: _Model | Storage, given: Commit) -> object:
    try:
        return target.commit(given)
    except SalesPipelineError as error:
        return type(error)


def _compare(handle: Storage, model: _Model, view: int, step: int) -> None:
    must_equal(handle.number, view, f"step {step}: the number of the view")
    for kind in KINDS:
        due = {id: found for (its_kind, id), found in sorted(model.states[view].items()) if its_kind == kind}
        seen = {each.id: (each.revision, each.keys, each.body) for each in handle.scan(kind)}
        must_equal(
            seen, {id: (number, each.keys, each.body) for id, (number, each) in due.items()}, f"step {step}: a scan"
        )
        must_equal(list(seen), list(due), f"step {step}: the order of a scan")


CLAUSES: tuple[Clause, ...] = (any_calls_agree_with_a_model,)
