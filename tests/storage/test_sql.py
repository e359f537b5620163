"""A storage in a database: the contract on SQLite and PostgreSQL, and what only a database can get wrong."""

import itertools
import os
import sqlite3
import stat
import time
from collections.abc import Callable, Generator
from contextlib import contextmanager
from datetime import datetime, timedelta, timezone
from pathlib import Path
from threading import Thread

import pytest
from sqlalchemy import Connection, Engine, event
from tests.storage.databases import Place, Server, file, place, schema, server
from tests.storage.journals import AT, saving
from tests.storage.processes import Processes, processes

from salespipeline.errors import (
    CommitUncertain,
    Conflict,
    ForeignFile,
    InvalidValue,
    LockTimeout,
    NewerFormat,
    SalesPipelineError,
    StorageClosed,
    StorageError,
    StorageFull,
)
from salespipeline.storage.base import Change, Commit, Expect
from salespipeline.storage.sql import SqlStorage
from salespipeline.testing.clause import Clause
from salespipeline.testing.contract import CONTRACT, NotDeclared

__all__ = ["file", "place", "processes", "schema", "server"]

TRANSFERS = """
import random, sys
from salespipeline.errors import Conflict
from salespipeline.storage.base import Change, Commit, Expect
from salespipeline.storage.sql import SqlStorage
from tests.storage.journals import AT
storage, chance, done = SqlStorage(sys.argv[1]), random.Random(sys.argv[2]), 0
while done < int(sys.argv[3]):
    storage.refresh()
    both = [storage.read("account", name) for name in chance.sample("abcd", 2)]
    sums = [int(both[0].body) - 1, int(both[1].body) + 1]
    changes = [Change(kind="account", id=each.id, body=str(sum)) for each, sum in zip(both, sums)]
    expect = [Expect("account", each.id, each.revision) for each in both]
    try:
        print(storage.commit(Commit(changes=tuple(changes), expect=tuple(expect), at=AT)), flush=True)
    except Conflict:
        continue
    done += 1
"""
WRITER = """
import itertools, sys
from salespipeline.storage.sql import SqlStorage
from tests.storage.journals import saving
storage = SqlStorage(sys.argv[1], lock_timeout=10)
for number in itertools.count(storage.number + 1):
    storage.commit(saving(f"S-{number:06}"))
    print(number, flush=True)
"""
OPENER = """
import sys
from salespipeline.storage.sql import SqlStorage
from tests.storage.journals import saving
SqlStorage(sys.argv[1]).commit(saving(sys.argv[2]))
"""


def bodies(storage: SqlStorage, kind: str = "sale") -> dict[str, str]:
    return {record.id: str(record.body) for record in storage.scan(kind)}


@pytest.mark.parametrize("clause", CONTRACT, ids=lambda clause: clause.__name__)
def test_it_keeps_the_contract(clause: Clause, place: Place) -> None:
    try:
        clause(lambda: SqlStorage(place.url))
    except NotDeclared as reason:
        pytest.skip(str(reason))


# Durability


def test_p_d1_what_was_acknowledged_survives_the_kill(place: Place, processes: Processes) -> None:
    for cycle in range(1, 4):
        process = processes.start(WRITER, place.url)
        acknowledged = int(processes.first_line(process))
        time.sleep(0.01 * cycle)
        acknowledged = max([acknowledged, *(int(line) for line in processes.kill(process)[:-1])])
        storage = place.opened()
        assert acknowledged <= storage.number <= acknowledged + 1
        assert list(bodies(storage)) == [f"S-{each:06}" for each in range(1, storage.number + 1)]


def test_p_d1_what_was_acknowledged_survives_the_servers_crash(schema: Place, server: Server) -> None:
    storage = schema.opened()
    numbers = [storage.commit(saving(f"S-{each}")) for each in range(20)]
    server.control("stop")
    server.control("start")
    assert (numbers[-1], storage.refresh()) == (20, 20)


def test_p_d2_sqlite_waits_for_the_disk(file: Place) -> None:
    engine = file.new_engine()
    storage = file.opened(by=engine)
    statements = captured(engine)
    storage.commit(saving("S-1"))
    assert "PRAGMA synchronous = FULL" in statements[: statements.index("BEGIN IMMEDIATE")]
    assert file.sql("PRAGMA journal_mode") == [("wal",)]
    assert storage.capabilities.durable


def test_p_d2_a_server_that_does_not_wait_is_not_called_durable(schema: Place) -> None:
    hurried = schema.url.replace("search_path", "synchronous_commit%3Doff%20-csearch_path")
    assert schema.opened().capabilities.durable
    assert not schema.kept(SqlStorage(hurried)).capabilities.durable


def test_p_d4_a_refused_commit_leaves_nothing_behind(place: Place) -> None:
    storage = place.opened()
    with pytest.raises(Conflict):
        storage.commit(saving("S-1", expect=7, command="c"))
    assert [rows for table, rows in contents(place).items() if table != "store"] == [[]] * 4


def test_p_d4_a_full_disk_leaves_nothing_behind(file: Place) -> None:
    engine = file.new_engine()
    storage = file.kept(SqlStorage(engine))
    pages = [1]

    def limit(connection: Connection) -> None:
        connection.exec_driver_sql(f"PRAGMA max_page_count = {pages[0]}")

    event.listen(engine, "begin", limit)
    with pytest.raises(StorageFull):
        storage.commit(saving("S-1", f'"{"x" * 100_000}"'))
    pages[0] = 1_000_000
    assert storage.commit(saving("S-2")) == 1


def test_p_d5_a_connection_lost_during_the_commit_leaves_it_uncertain(schema: Place) -> None:
    storage, is_broken = breaking(schema, is_made=True)
    is_broken.append(True)
    with pytest.raises(CommitUncertain, match="did not say whether") as caught:
        storage.commit(saving("S-1"))
    assert repr(storage) == f"SqlStorage({caught.value.where!r})"
    for call in (storage.refresh, lambda: storage.commit(saving("S-2")), lambda: storage.read("sale", "S-1")):
        with pytest.raises(CommitUncertain):
            call()
    assert bodies(schema.opened()) == {"S-1": '"x"'}


def test_p_d5_an_interrupt_during_the_commit_leaves_it_uncertain(place: Place) -> None:
    engine = place.new_engine()
    storage = place.kept(SqlStorage(engine))
    is_due = [True]

    def interrupt(*given: object) -> None:
        if is_due and (len(given) == 1 or given[1] == "COMMIT"):
            is_due.clear()
            raise KeyboardInterrupt

    for name in ("commit", "do_execute", "do_execute_no_params"):
        event.listen(engine, name, interrupt)
    with pytest.raises(KeyboardInterrupt):
        storage.commit(saving("S-1"))
    for call in (storage.refresh, lambda: storage.commit(saving("S-2")), lambda: storage.read("sale", "S-1")):
        with pytest.raises(CommitUncertain, match=r"its last commit was made\. Open it again and look") as caught:
            call()
        assert repr(storage) == f"SqlStorage({caught.value.where!r})"
    assert place.opened().number == 0


@pytest.mark.parametrize("is_made", [True, False])
def test_p_d5_a_command_finds_out_by_itself(schema: Place, is_made: bool) -> None:
    storage, is_broken = breaking(schema, is_made=is_made)
    is_broken.append(True)
    assert storage.commit(saving("S-1", command="c")) == 1
    assert storage.commit(saving("S-2")) == 2
    assert schema.sql("SELECT number, command FROM salespipeline_commits ORDER BY 1") == [(1, "c"), (2, None)]


def breaking(schema: Place, *, is_made: bool) -> tuple[SqlStorage, list[bool]]:
    """A storage whose connection breaks at the next COMMIT, before it is made or after, for each entry in the list."""
    engine = schema.new_engine()
    is_broken: list[bool] = []

    def cut(connection: Connection) -> None:
        if is_broken:
            is_broken.pop()
            raw = connection.connection.dbapi_connection
            if raw is not None:
                if is_made:
                    raw.commit()
                raw.close()

    event.listen(engine, "commit", cut)
    return schema.kept(SqlStorage(engine)), is_broken


def test_an_error_of_the_database_shows_nothing_of_the_records(place: Place) -> None:
    storage = place.opened()
    place.sql("DROP TABLE salespipeline_revisions")
    with pytest.raises(StorageError) as caught:
        storage.commit(saving("S-1", '"a secret"'))
    assert "secret" not in f"{caught.value} {caught.value.__cause__}"


def test_p_d5_a_disk_that_fails_at_the_commit_leaves_it_uncertain(file: Place) -> None:
    engine = file.new_engine()
    storage = file.kept(SqlStorage(engine))
    failing = ["COMMIT"]

    def fail(cursor: object, statement: str, parameters: object, context: object) -> None:
        if statement in failing:
            error = sqlite3.OperationalError("disk I/O error")
            error.sqlite_errorname = "SQLITE_IOERR_FSYNC"
            raise error

    event.listen(engine, "do_execute_no_params", fail)
    event.listen(engine, "do_execute", fail)
    with pytest.raises(CommitUncertain, match="disk I/O error"):
        storage.commit(saving("S-1", command="c"))
    with pytest.raises(CommitUncertain):
        storage.refresh()


# Atomicity, isolation, order


def test_p_a1_p_a3_p_a4_p_a8_writers_side_by_side(place: Place, processes: Processes) -> None:
    storage, watching = place.opened(), place.opened()
    storage.commit(Commit(changes=tuple(Change(kind="account", id=id, body="100") for id in "abcd"), at=AT))
    seen: list[tuple[int, int]] = []
    is_over: list[bool] = []
    watcher = Thread(target=watch, args=(watching, seen, is_over))
    watcher.start()
    writers = [processes.start(TRANSFERS, place.url, name, 25) for name in range(4)]
    printed = processes.wait(*writers)
    is_over.append(True)
    watcher.join(30)
    assert sorted(int(number) for number in itertools.chain(*printed)) == list(range(2, 102))
    assert [sorted(numbers, key=int) for numbers in printed] == printed
    assert place.sql("SELECT number FROM salespipeline_commits ORDER BY number") == [(each,) for each in range(1, 102)]
    assert len(seen) > 2 and {total for _, total in seen if total} == {400}
    assert [number for number, _ in seen] == sorted(number for number, _ in seen)


def watch(storage: SqlStorage, seen: list[tuple[int, int]], is_over: list[bool]) -> None:
    """Read all accounts again and again, one half of the time by a scan and the other one by one."""
    while not is_over:
        number = storage.refresh()
        records = list(storage.scan("account"))
        alone = [storage.read("account", record.id) for record in records]
        seen.append((number, sum(int(record.body) for record in records)))
        if alone != records or storage.number != number:
            seen.append((number, -1))


def test_p_a2_a_view_stays_where_it_is(place: Place) -> None:
    storage, other = place.opened(), place.opened()
    other.commit(saving("S-1", "1"))
    other.commit(saving("S-2", "2"))
    storage.refresh()
    other.commit(saving("S-1", "3"))
    other.commit(saving("S-2", None))
    other.commit(saving("S-3", "4"))
    other.commit(saving("S-1", "5"))
    assert (bodies(storage), storage.number) == ({"S-1": "1", "S-2": "2"}, 2)
    assert [was.number for was in storage.past("sale", "S-1")] == [1]
    storage.refresh()
    assert (bodies(storage), storage.number) == ({"S-1": "5", "S-3": "4"}, 6)


def test_p_a2_a_long_scan_stays_with_its_view(place: Place) -> None:
    storage, other = place.opened(), place.opened()
    storage.commit(
        Commit(changes=tuple(Change(kind="sale", id=f"{each:04}", body="1") for each in range(1_200)), at=AT)
    )
    scan = storage.scan("sale")
    first = next(scan)
    other.refresh()
    for id in ("0000", "0700", "1100"):
        other.commit(saving(id, "2"))
    other.commit(saving("0800", None))
    other.commit(saving("0900.5", "2"))
    storage.refresh()
    records = [first, *scan]
    assert [record.id for record in records] == [f"{each:04}" for each in range(1_200)]
    assert {(record.revision, str(record.body)) for record in records} == {(1, "1")}


def test_p_a2_a_scan_of_an_old_view_finds_by_the_keys_of_then(place: Place) -> None:
    storage, other = place.opened(), place.opened()
    for id, status in (("a", "open"), ("b", "sold"), ("c", "open")):
        storage.commit(keyed(id, status))
    other.refresh()
    other.commit(keyed("a", "sold"))
    other.commit(keyed("b", "open"))
    assert [record.id for record in storage.scan("sale", {"status": "open"})] == ["a", "c"]
    assert [record.id for record in other.scan("sale", {"status": "open"})] == ["b", "c"]


def keyed(id: str, status: str) -> Commit:
    return Commit(changes=(Change(kind="sale", id=id, keys=(("status", status),), body="1"),), at=AT)


def test_p_a5_a_conflict_names_what_was_found(place: Place) -> None:
    one, two = place.opened(), place.opened()
    one.commit(saving("S-1"))
    with pytest.raises(Conflict) as caught:
        two.commit(saving("S-1", expect=None))
    assert (caught.value.id, caught.value.expected, caught.value.found) == ("S-1", None, 1)


def test_p_a5_many_expectations_are_checked(place: Place) -> None:
    storage = place.opened()
    changes = tuple(Change(kind="sale", id=f"S-{each}", body="1") for each in range(1_500))
    storage.commit(Commit(changes=changes, at=AT))
    expect = tuple(Expect("sale", change.id, 1) for change in changes)
    assert storage.commit(Commit(changes=changes, expect=expect, at=AT)) == 2
    with pytest.raises(Conflict):
        storage.commit(Commit(changes=changes, expect=expect, at=AT))


def test_p_a6_a_revision_is_never_used_again(place: Place) -> None:
    storage = place.opened()
    for body in ("1", None, "2", None):
        storage.commit(saving("S-1", body))
    assert [was.number for was in storage.past("sale", "S-1")] == [1, 2, 3, 4]


def test_p_a7_two_writers_cannot_both_rely_on_what_the_other_changes(place: Place) -> None:
    one, two = place.opened(), place.opened()
    one.commit(Commit(changes=(saving("a").changes[0], saving("b").changes[0]), at=AT))
    expect = (Expect("sale", "a", 1), Expect("sale", "b", 1))
    one.commit(saving("a", "2")._replace(expect=expect))
    with pytest.raises(Conflict):
        two.commit(saving("b", "2")._replace(expect=expect))


def test_p_a9_a_command_given_twice_is_carried_out_once(place: Place) -> None:
    one, two = place.opened(), place.opened()
    commit = saving("S-1", expect=None, command="make \x00 it")
    assert [one.commit(commit), two.commit(commit), place.opened().commit(commit)] == [1, 1, 1]
    assert place.sql("SELECT count(*) FROM salespipeline_revisions") == [(1,)]


def test_p_a9_a_command_given_by_two_at_once_is_carried_out_once(place: Place) -> None:
    storages = [place.opened() for _ in range(4)]
    numbers: list[int] = []
    commit = saving("S-1", expect=None, command="c")

    def give(storage: SqlStorage) -> None:
        numbers.append(storage.commit(commit))

    threads = [Thread(target=give, args=(storage,)) for storage in storages]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
    assert numbers == [1, 1, 1, 1]


# Opening, and what is no store


def test_p_r1_four_may_make_the_store_at_once(place: Place, processes: Processes) -> None:
    processes.wait(*[processes.start(OPENER, place.url, f"S-{each}") for each in range(4)])
    assert list(bodies(place.opened())) == ["S-0", "S-1", "S-2", "S-3"]


@pytest.mark.parametrize("when", range(11))
def test_p_r1_another_may_make_the_store_at_every_step(schema: Place, when: int) -> None:
    engine = schema.new_engine()
    statements: list[str] = []

    def race(*arguments: object) -> None:
        statements.append(str(arguments[2]))
        if len(statements) == when + 1:
            schema.opened().commit(saving("S-1"))

    event.listen(engine, "before_cursor_execute", race)
    assert schema.opened(by=engine).commit(saving("S-2")) == 2
    assert not statements[when].startswith("INSERT")


def test_p_r1_what_a_killed_writer_began_is_undone(place: Place) -> None:
    place.opened().commit(saving("S-1"))
    with place.engine.connect() as connection:
        connection.exec_driver_sql("UPDATE salespipeline_store SET head = 9")
        connection.invalidate()
    assert place.opened(lock_timeout=10).commit(saving("S-2")) == 2


def test_p_r6_tables_of_others_are_refused(place: Place) -> None:
    place.sql("CREATE TABLE salespipeline_records (id INTEGER)")
    with pytest.raises(ForeignFile, match="not one of this library"):
        place.opened()
    place.sql("CREATE TABLE salespipeline_store (id INTEGER)")
    with pytest.raises(ForeignFile, match="not one of this library"):
        place.opened()
    assert place.opened(prefix="mine_").commit(saving("S-1")) == 1


def test_p_r6_half_a_store_is_refused(place: Place) -> None:
    place.opened().commit(saving("S-1"))
    place.sql("DELETE FROM salespipeline_store")
    with pytest.raises(ForeignFile, match="no store of this library"):
        place.opened()


def test_p_r6_a_file_that_is_no_database_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "store.db"
    path.write_bytes(b'{"format":"salespipeline-journal"}\n' * 100)
    before = path.read_bytes()
    with pytest.raises(ForeignFile, match="no SQLite database"):
        SqlStorage(f"sqlite:///{path}")
    assert path.read_bytes() == before


def test_p_r6_a_refused_database_is_left_as_it_was(tmp_path: Path) -> None:
    path = tmp_path / "store.db"
    with raw(path) as connection:
        connection.execute("CREATE TABLE salespipeline_store (id INTEGER)")
    before = path.read_bytes()
    with pytest.raises(ForeignFile):
        SqlStorage(f"sqlite:///{path}")
    assert (path.read_bytes(), sorted(each.name for each in tmp_path.iterdir())) == (before, ["store.db"])


@contextmanager
def raw(path: Path) -> Generator[sqlite3.Connection]:
    connection = sqlite3.connect(path)
    yield connection
    connection.commit()
    connection.close()


def test_p_r7_a_store_that_went_back_is_noticed(place: Place) -> None:
    storage = place.opened()
    storage.commit(saving("S-1"))
    place.sql("UPDATE salespipeline_store SET head = 0")
    with pytest.raises(StorageError, match="went back, or was exchanged"):
        storage.refresh()


def test_p_r9_senseless_contents_are_a_storage_error(place: Place) -> None:
    storage = place.opened()
    storage.commit(saving("S-1"))
    for damage in ("SET keys = 'x'", "SET keys = '[]'"):
        place.sql("UPDATE salespipeline_revisions " + damage)
        with pytest.raises(StorageError, match="changed by another program"):
            storage.read("sale", "S-1")
    place.sql("UPDATE salespipeline_revisions SET keys = '{}'")
    place.sql("UPDATE salespipeline_commits SET at = 'yesterday'")
    with pytest.raises(StorageError, match="'yesterday' is no instant"):
        storage.past("sale", "S-1")


def test_p_v2_a_newer_format_is_refused(place: Place) -> None:
    place.opened()
    place.sql("UPDATE salespipeline_store SET reader = 2, writer = 2")
    with pytest.raises(NewerFormat, match="in format 2, this version reads up to 1"):
        place.opened()


def test_p_v2_a_format_that_can_only_be_read_is_not_written(place: Place) -> None:
    place.opened().commit(saving("S-1"))
    place.sql("UPDATE salespipeline_store SET writer = 2")
    storage = place.opened()
    with pytest.raises(StorageError, match="only be read"):
        storage.commit(saving("S-2"))
    assert bodies(storage) == {"S-1": '"x"'}


def test_p_s3_an_unreachable_server_is_a_storage_error(tmp_path: Path) -> None:
    with pytest.raises(StorageError, match=r"cannot use storage 'postgresql\+psycopg://tests:\*\*\*@/postgres'"):
        SqlStorage(f"postgresql://tests:secret@/postgres?host={tmp_path}")


@pytest.mark.parametrize("given", ["", "nonsense", "mysql://x/y", "sqlite://", "sqlite:///:memory:"])
def test_p_s3_what_is_no_database_is_refused(given: str) -> None:
    with pytest.raises(SalesPipelineError):
        SqlStorage(given)


def test_p_s3_names_that_no_index_takes_are_refused(place: Place) -> None:
    storage = place.opened()
    for commit in (saving("x" * 2_000), saving("\x00" * 999), saving("S-1", command="c" * 2_001)):
        with pytest.raises(InvalidValue, match="up to 2,000 bytes"):
            storage.commit(commit)
    longest = Change(kind="k", id="é" * 999, keys=(("n" * 3_000, "v" * 9_000), ("n" * 3_001, "w")), body="1")
    assert storage.commit(Commit(changes=(longest,), at=AT, command="c" * 2_000)) == 1
    assert [record.keys for record in storage.scan("k", {"n" * 3_001: "w"})] == [longest.keys]
    assert list(storage.scan("k", {"n" * 3_001: "v"})) == []


def test_p_s3_what_cannot_be_stored_is_not_found(place: Place) -> None:
    storage = place.opened()
    storage.commit(saving("S-1"))
    assert storage.read("sale", "\ud800") is None
    assert list(storage.scan("sale", {"\ud800": "x"})) == []
    assert storage.past("\ud800", "S-1") == ()


@pytest.mark.parametrize("prefix", ["", "a b", 'x"', "Größe", "1a", "x" * 31, "a;b"])
def test_p_s5_a_prefix_is_a_plain_word(prefix: str, tmp_path: Path) -> None:
    with pytest.raises(InvalidValue, match="prefix"):
        SqlStorage(f"sqlite:///{tmp_path / 'x.db'}", prefix=prefix)


def test_p_s6_a_new_file_is_its_owners_alone(file: Place) -> None:
    file.opened().commit(saving("S-1"))
    path = Path(str(file.engine.url.database))
    assert {stat.S_IMODE(each.stat().st_mode) for each in path.parent.glob("store.db*")} == {0o600}


# Concurrency


def test_p_c1_two_stores_in_one_database_are_apart(place: Place) -> None:
    one, two = place.opened(prefix="one_"), place.opened(prefix="two_")
    one.commit(saving("S-1"))
    assert (two.refresh(), bodies(two)) == (0, {})


def test_p_c2_reading_does_not_wait_for_a_writer(place: Place) -> None:
    one, two = place.opened(), place.opened(lock_timeout=0.01)
    one.commit(saving("S-1"))
    with place.locked():
        assert (two.refresh(), bodies(two), place.opened(lock_timeout=0.01).number) == (1, {"S-1": '"x"'}, 1)


def test_p_c3_the_wait_for_a_lock_is_bounded(place: Place) -> None:
    storage = place.opened(lock_timeout=0.1)
    with place.locked():
        start = time.monotonic()
        with pytest.raises(LockTimeout, match=r"held the lock on it for more than 0\.1 s"):
            storage.commit(saving("S-1"))
        assert time.monotonic() - start < 5
    assert storage.commit(saving("S-1")) == 1


def test_p_c4_threads_share_a_handle(place: Place) -> None:
    storage = place.opened()

    def fill(name: str) -> None:
        for each in range(10):
            storage.commit(saving(f"{name}{each}"))

    threads = [Thread(target=fill, args=(name,)) for name in "ab"]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
    assert (storage.number, len(bodies(storage))) == (20, 20)


@pytest.mark.skipif(not hasattr(os, "fork"), reason="this system does not fork")
@pytest.mark.filterwarnings("ignore:.*fork.*:DeprecationWarning")
def test_p_c4_a_forked_handle_refuses(place: Place) -> None:
    storage = place.opened()
    storage.commit(saving("S-1"))
    child = os.fork()
    if not child:
        os._exit(refusals(storage))
    assert os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) == 3
    assert storage.commit(saving("S-2")) == 2


def refusals(storage: SqlStorage) -> int:
    refused = 0
    calls: tuple[Callable[[], object], ...] = (
        lambda: storage.read("sale", "S-1"), storage.refresh, lambda: storage.commit(saving("S-9"))
    )  # fmt: skip
    for call in calls:
        try:
            call()
        except StorageClosed:
            refused += 1
    storage.close()
    return refused


def test_p_c4_a_lost_connection_is_made_again(schema: Place, server: Server) -> None:
    storage = schema.opened()
    storage.commit(saving("S-1"))
    server.cut_connections()
    assert storage.refresh() == 1
    server.cut_connections()
    assert storage.commit(saving("S-2")) == 2


def test_p_c3_a_transaction_that_the_server_undid_is_made_again(schema: Place) -> None:
    engine = schema.new_engine("SERIALIZABLE")
    storage, other = schema.kept(SqlStorage(engine)), schema.opened()
    raced: list[int] = []

    def race(connection: Connection, *arguments: object) -> None:
        if "FOR UPDATE" in str(arguments[1]) and not raced:
            connection.exec_driver_sql("SELECT 1")  # takes the snapshot, which is then too old
            raced.append(other.commit(saving("S-1")))

    event.listen(engine, "before_cursor_execute", race)
    assert (storage.commit(saving("S-2")), raced) == (2, [1])


# The same calls, the same tables; and what the database is asked


def test_p_t1_the_same_calls_leave_the_same_tables(place: Place) -> None:
    for prefix in ("one_", "two_"):
        storage = place.opened(prefix=prefix)
        storage.commit(keyed("a", "open"))
        storage.commit(saving("b", command="c"))
    assert contents(place, "one_") == contents(place, "two_")


def contents(place: Place, prefix: str = "salespipeline_") -> dict[str, list[tuple[object, ...]]]:
    """All rows of all tables."""
    tables = ("store", "commits", "records", "revisions", "keys")
    return {table: place.sql(f"SELECT * FROM {prefix}{table}") for table in tables}  # noqa: S608  # no foreign text


def test_p_t3_instants_are_stored_in_utc(place: Place) -> None:
    storage = place.opened()
    east, last = timezone(timedelta(hours=5, minutes=45)), datetime.max.replace(tzinfo=AT.tzinfo)
    storage.commit(saving("S-1")._replace(at=datetime(2026, 1, 1, 1, tzinfo=east)))
    storage.commit(saving("S-1")._replace(at=last))
    stored = [("2025-12-31T19:15:00.000000Z",), ("9999-12-31T23:59:59.999999Z",)]
    assert place.sql("SELECT at FROM salespipeline_commits ORDER BY at") == stored
    assert [was.at for was in storage.past("sale", "S-1")][1] == last


def test_bodies_lie_in_the_tables_as_they_were_given(place: Place) -> None:
    place.opened().commit(saving("S-1", ' { "b" : 1, "a":"é" } '))
    assert place.sql("SELECT body FROM salespipeline_records") == [(' { "b" : 1, "a":"é" } ',)]


def test_names_are_in_the_order_of_code_points_whatever_the_database_thinks(schema: Place) -> None:
    schema.opened()
    asked = "SELECT DISTINCT collation_name FROM information_schema.columns WHERE table_schema = current_schema()"
    assert ("C",) in schema.sql(f"{asked} AND column_name = 'id'")


def captured(engine: Engine) -> list[str]:
    """The statements that an engine sends from now on."""
    statements: list[str] = []

    def note(*arguments: object) -> None:
        statements.append(str(arguments[2]))

    event.listen(engine, "before_cursor_execute", note)
    return statements


def test_a_filter_is_part_of_the_statement(place: Place) -> None:
    engine = place.new_engine()
    storage = place.opened(by=engine)
    storage.commit(Commit(changes=tuple(keyed(f"{each:03}", str(each)).changes[0] for each in range(300)), at=AT))
    statements = captured(engine)
    assert [record.id for record in storage.scan("sale", {"status": "7"})] == ["007"]
    assert len(statements) == 1
    assert "salespipeline_keys.value = " in statements[0]
    assert "'7'" not in statements[0]


def test_a_filter_uses_the_index(file: Place) -> None:
    engine = file.new_engine()
    storage = file.opened(by=engine)
    storage.commit(keyed("a", "open"))
    plan: list[str] = []
    statements = captured(engine)
    list(storage.scan("sale", {"status": "open"}))
    with file.engine.connect() as connection:
        holes = (1,) * statements[0].count("?")
        plan += [str(row[3]) for row in connection.exec_driver_sql(f"EXPLAIN QUERY PLAN {statements[0]}", holes)]
    assert any("salespipeline_keys USING" in step and "name=? AND value=?" in step for step in plan)
    assert not [step for step in plan if step.startswith("SCAN salespipeline") and "_store" not in step]


def test_a_commit_of_many_records_sends_as_many_statements_as_one_of_two(place: Place) -> None:
    """A list of names as long as the commit makes PostgreSQL read the table for each part of it."""
    counts: list[int] = []
    storage = place.opened(by=(engine := place.new_engine()))
    for many in (2, 1_100):
        changes = tuple(keyed(f"{many}-{each:04}", "open").changes[0] for each in range(many))
        storage.commit(Commit(changes=changes, at=AT))
        statements = captured(engine)
        storage.commit(Commit(changes=changes, at=AT))
        counts.append(len(statements))
    assert counts[0] == counts[1]


def test_a_scan_of_the_newest_view_looks_at_no_revision(place: Place) -> None:
    engine = place.new_engine()
    storage = place.opened(by=engine)
    storage.commit(keyed("a", "open"))
    statements = captured(engine)
    assert [[record.id for record in storage.scan("sale")], len(statements)] == [["a"], 1]
    place.opened().commit(keyed("b", "open"))
    assert [[record.id for record in storage.scan("sale")], len(statements)] == [["a"], 3]
    storage.refresh()
    del statements[:]
    assert [[record.id for record in storage.scan("sale")], len(statements)] == [["a", "b"], 1]


def test_an_engine_that_was_given_is_left_open(file: Place) -> None:
    storage = SqlStorage(file.engine)
    storage.commit(saving("S-1"))
    storage.close()
    assert file.sql("SELECT head FROM salespipeline_store") == [(1,)]


def test_the_statements_are_plain(place: Place) -> None:
    engine = place.new_engine()
    statements = captured(engine)
    storage = place.opened(by=engine)
    storage.commit(keyed("a", "open"))
    storage.commit(keyed("a", "sold")._replace(expect=(Expect("sale", "a", 1),), command="c"))
    storage.commit(saving("a", None))
    assert [bodies(storage), len(storage.past("sale", "a"))] == [{}, 3]
    sent = "\n".join(statements).upper()
    odd = ("RETURNING", "ON CONFLICT", "SERIAL", "SEQUENCE", "ADVISORY", "TRIGGER", "REFERENCES", "LOCK TABLE", "JSON")
    sent = sent.replace("SALESPIPELINE", "").replace("JSON_EACH" if place.is_sqlite else "UNNEST", "")
    assert [word for word in odd if word in sent] == []
