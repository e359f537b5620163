"""Clauses about several at once: threads, processes, and processes that are killed."""

from collections.abc import Callable
from itertools import count
from threading import Lock, Thread

from salespipeline.errors import Conflict
from salespipeline.storage.base import Storage
from salespipeline.testing.clause import Clause, NotDeclared, Store, clause, commit, must, must_equal, put
from salespipeline.testing.clause import state_of as state
from salespipeline.testing.forked import Forked, Say, run_forked
from salespipeline.testing.one_order import Look, Write, order_faults

__all__ = ["CLAUSES"]

Tick = Callable[[], int]


@clause("P-A8", "P-C1", "P-C4")
def threads_lose_no_update(store: Store) -> None:
    """Threads that count up together, on one handle and on several, reach the sum of their steps."""
    shared = store()
    shared.commit(commit(put("count", "0")))
    for handles in ([shared] * 4, [store() for _ in range(4)]):
        shared.commit(commit(put("count", "0")))
        _run_together([_counter(handle, 15) for handle in handles])
        shared.refresh()
        record = shared.read("note", "count")
        must(record is not None and record.body == "60", f"4 threads counted to 15 each, together to {record!r}")


@clause("P-A1", "P-A3", "P-A4", "P-A5", "P-C1")
def one_order_explains_what_threads_see(store: Store) -> None:
    """Six threads look, and commit what follows from it; the numbers of the commits explain all they see.

    So no thread overwrites what it has not seen, sees half of a commit, one that is not made yet or
    none that was made before it looked, or goes back.
    """
    number = store().commit(commit(put("left", "0"), put("right", "0")))
    tick = _ticking()
    writes, looks = [Write(0, tick(), tick(), number, ("0", "0"), 0)], list[Look]()
    _run_together([_user(user, store(), tick, writes, looks) for user in range(1, 7)])
    fault = next(order_faults(writes, looks), None)
    must(fault is None, f"of {len(writes)} commits and {len(looks)} looks: {fault}")
    # A commit thwarts one attempt of each other thread at the most.
    must(len(writes) > 25, f"only {len(writes) - 1} of 6 x 25 commits were let through")


@clause("P-A8", "P-C1")
def processes_lose_no_update(store: Store) -> None:
    """Three processes that count up together, each on a handle of its own, reach the sum of their steps."""
    storage = store()
    if not storage.capabilities.multi_process:
        raise NotDeclared("this storage is for one process at a time")
    storage.commit(commit(put("count", "0")))
    storage.close()

    def count_up() -> None:
        _counter(store(), 50)()

    run_forked([count_up] * 3)
    record = store().read("note", "count")
    must(record is not None and record.body == "150", f"3 processes counted to 50 each, together to {record!r}")


@clause("P-D1", "P-R1")
def what_was_acknowledged_survives_a_kill(store: Store) -> None:
    """A process that is killed at work loses no commit that it was told of, and leaves a store that opens."""
    storage = store()
    if not storage.capabilities.durable:
        raise NotDeclared("this storage does not outlive its process")
    storage.close()
    for cycle in range(1, 6):
        with Forked(_writing(store)) as writer:
            told = [*writer.lines(cycle), *writer.kill()]
        must(all(word.isdecimal() for word in told), f"the process said {told!r}")
        storage = store()
        least, number = int(told[-1]), storage.number
        must(least <= number <= least + 1, f"commit {least} was acknowledged, and {number} is the newest")
        due = {f"{each:06}": (each, f'"{each}"') for each in range(1, number + 1)}
        must_equal(state(storage), due, "the store after the kill")
        storage.close()


def _writing(store: Store) -> Callable[[Say], None]:
    def write(say: Say) -> None:
        storage = store()
        for number in count(storage.number + 1):
            say(storage.commit(commit(put(f"{number:06}", f'"{number}"'))))

    return write


def _ticking() -> Tick:
    """A clock that all threads share: what happened later has the higher number."""
    lock, ticks = Lock(), count(1)

    def tick() -> int:
        with lock:
            return next(ticks)

    return tick


def _user(user: int, storage: Storage, tick: Tick, writes: list[Write], looks: list[Look]) -> Callable[[], None]:
    def look() -> int:
        called = tick()
        number, seen = storage.refresh(), state(storage)
        looks.append(Look(user, called, tick(), number, (seen["left"][1], seen["right"][1])))
        return seen["left"][0]

    def work() -> None:
        for step in range(25):
            seen, value, called = look(), f'"{user}.{step}"', tick()
            both = commit(put("left", value), put("right", value), expect=(("left", seen), ("right", seen)))
            try:
                number = storage.commit(both)
            except Conflict:
                continue
            writes.append(Write(user, called, tick(), number, (value, value), seen))

    return work


def _counter(storage: Storage, steps: int) -> Callable[[], None]:
    def count() -> None:
        done = 0
        while done < steps:
            storage.refresh()
            record = storage.read("note", "count")
            must(record is not None, "the record vanished")
            if record is not None and _counted_up(storage, record.revision, int(record.body)):
                done += 1

    return count


def _counted_up(storage: Storage, revision: int, value: int) -> bool:
    try:
        storage.commit(commit(put("count", str(value + 1)), expect=(("count", revision),)))
    except Conflict:
        return False
    return True


def _run_together(actions: list[Callable[[], None]]) -> None:
    failures: list[Exception] = []

    def run(action: Callable[[], None]) -> None:
        try:
            action()
        except Exception as error:
            failures.append(error)

    threads = [Thread(target=run, args=(action,), daemon=True) for action in actions]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
    must(not any(thread.is_alive() for thread in threads), "after a minute the threads are not done")
    must(not failures, f"threads failed: {failures!r}")


CLAUSES: tuple[Clause, ...] = (
    threads_lose_no_update,
    one_order_explains_what_threads_see,
    processes_lose_no_update,
    what_was_acknowledged_survives_a_kill,
)
