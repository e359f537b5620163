"""What a database says, or is, that a store cannot use: refused in the library's words, nothing changed."""

import os
import sqlite3
from pathlib import Path

import pytest
from sqlalchemy import StaticPool, create_engine, event
from tests.storage.databases import Place, file, place, schema, server
from tests.storage.journals import AT, saving

from salespipeline.errors import CommitUncertain, ForeignFile, LockTimeout, StorageClosed, StorageError
from salespipeline.storage.base import Change, Commit
from salespipeline.storage.sql import SqlStorage

__all__ = ["file", "place", "schema", "server"]


def test_p_s3_tables_that_say_they_are_another_programs_are_refused(place: Place) -> None:
    place.opened().commit(saving("S-1"))
    place.sql("UPDATE salespipeline_store SET format = 'notes'")
    with pytest.raises(ForeignFile, match="the format is 'notes'"):
        place.opened(by=place.engine)
    assert place.sql("SELECT count(*) FROM salespipeline_commits") == [(1,)]


def test_p_s3_a_store_whose_row_is_gone_is_refused(place: Place) -> None:
    storage = place.opened()
    place.sql("DELETE FROM salespipeline_store")
    for number in (1, 2):
        with pytest.raises(StorageError, match="its row in the table of the store is gone"):
            storage.commit(saving("S-1")) if number == 1 else storage.refresh()
    assert place.sql("SELECT count(*) FROM salespipeline_commits") == [(0,)]


def test_a_database_that_does_not_speak_utf_8_is_refused(tmp_path: Path) -> None:
    with sqlite3.connect(tmp_path / "wide.db") as connection:
        connection.execute("PRAGMA encoding = 'UTF-16le'")
        connection.execute("CREATE TABLE made (it INTEGER)")
    connection.close()
    with pytest.raises(StorageError, match="its encoding is UTF-16le"):
        SqlStorage(f"sqlite:///{tmp_path / 'wide.db'}")


def test_p_d2_a_database_without_a_log_is_refused() -> None:
    engine = create_engine("sqlite://", poolclass=StaticPool)
    with pytest.raises(StorageError, match="it cannot keep a write-ahead log"):
        SqlStorage(engine)
    engine.dispose()


def test_a_file_can_be_named_as_sqlite_names_it(tmp_path: Path) -> None:
    storage = SqlStorage(f"sqlite:///file:{tmp_path / 'store.db'}?uri=true")
    storage.commit(saving("S-1"))
    storage.close()
    with sqlite3.connect(tmp_path / "store.db") as connection:
        assert connection.execute("SELECT head FROM salespipeline_store").fetchall() == [(1,)]
    connection.close()


def test_p_s3_a_pool_without_a_free_connection_is_a_storage_error(file: Place) -> None:
    engine = create_engine(file.url, pool_size=1, max_overflow=0, pool_timeout=0.01)
    file.engines.append(engine)
    storage = file.opened(by=engine)
    storage.commit(saving("S-1"))
    with engine.connect(), pytest.raises(StorageError, match="QueuePool limit"):
        storage.read("sale", "S-1")
    assert storage.read("sale", "S-1") is not None


def test_p_c3_who_is_undone_again_and_again_is_told_so(schema: Place) -> None:
    engine = schema.new_engine()
    storage = schema.opened(by=engine)
    schema.sql(
        "CREATE FUNCTION undo() RETURNS trigger AS"
        " $$ BEGIN RAISE EXCEPTION 'too late' USING ERRCODE = '40001'; END $$ LANGUAGE plpgsql"
    )
    schema.sql("CREATE TRIGGER undo BEFORE INSERT ON salespipeline_commits EXECUTE FUNCTION undo()")
    statements: list[str] = []
    event.listen(engine, "before_cursor_execute", lambda *given: statements.append(given[2]))
    with pytest.raises(LockTimeout, match="other writers were faster again and again"):
        storage.commit(saving("S-1"))
    assert sum(text.startswith("SET LOCAL lock_timeout") for text in statements) == 10
    schema.sql("DROP TRIGGER undo ON salespipeline_commits")
    assert storage.commit(saving("S-1")) == 1


def test_a_handle_shows_where_it_is_and_no_password(file: Place) -> None:
    storage = file.opened()
    assert repr(storage) == f"SqlStorage({file.url!r})"


def test_p_c4_a_handle_knows_the_process_that_opened_it(file: Place, monkeypatch: pytest.MonkeyPatch) -> None:
    storage = file.opened()
    with monkeypatch.context() as other:
        other.setattr(os, "getpid", lambda: -1)
        with pytest.raises(StorageClosed, match="opened by another process"):
            storage.commit(saving("S-1"))
    assert storage.commit(saving("S-1")) == 1


def test_p_r5_a_filter_finds_all_pages_of_a_long_answer(place: Place) -> None:
    storage = place.opened()
    names = [f"S-{number:04}" for number in range(1_203)]
    changes = [
        Change(kind="sale", id=name, keys={"status": "open" if place_ % 7 else "sold"}, body="1")
        for place_, name in enumerate(names)
    ]
    storage.commit(Commit(changes=tuple(changes), at=AT))
    late = place.opened()
    late.commit(saving("S-0000", None))
    for status, due in (("open", [n for p, n in enumerate(names) if p % 7]), ("sold", names[::7])):
        assert [record.id for record in storage.scan("sale", {"status": status})] == due
        assert [record.id for record in late.scan("sale", {"status": status})] == [n for n in due if n != "S-0000"]
    assert [record.id for record in storage.scan("sale")] == names


def test_p_d4_a_commit_that_breaks_a_rule_of_the_database_is_certainly_not_there(schema: Place) -> None:
    """PostgreSQL may say so as late as at the COMMIT itself."""
    storage = schema.opened()
    schema.sql(
        "CREATE FUNCTION forbid() RETURNS trigger AS"
        " $$ BEGIN RAISE EXCEPTION 'not today' USING ERRCODE = '23514'; END $$ LANGUAGE plpgsql"
    )
    schema.sql(
        "CREATE CONSTRAINT TRIGGER forbid AFTER INSERT ON salespipeline_commits DEFERRABLE INITIALLY DEFERRED"
        " FOR EACH ROW EXECUTE FUNCTION forbid()"
    )
    with pytest.raises(StorageError, match="not today") as caught:
        storage.commit(saving("S-1"))
    assert not isinstance(caught.value, CommitUncertain)
    schema.sql("DROP TRIGGER forbid ON salespipeline_commits")
    assert storage.commit(saving("S-1")) == 1


def test_p_s3_what_is_no_text_is_looked_for_in_vain(place: Place) -> None:
    storage = place.opened()
    storage.commit(saving("S-1"))
    half = "\ud800"
    assert [*storage.scan(half), *storage.scan("sale", {half: "x"}), *storage.scan("sale", {"x": half})] == []
    assert (storage.read(half, "S-1"), storage.read("sale", half), storage.past("sale", half)) == (None, None, ())
