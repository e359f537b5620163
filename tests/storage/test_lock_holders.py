"""Who holds a lock for too long is named, where the database tells."""

from threading import Thread

import pytest
from sqlalchemy import Engine, create_engine, event
from sqlalchemy.exc import OperationalError
from tests.storage.databases import Place, file, place, schema, server
from tests.storage.journals import saving

from salespipeline.errors import LockTimeout
from salespipeline.storage.database.holders import holder_of

__all__ = ["file", "place", "schema", "server"]

TABLE = "salespipeline_store"


def refused(place: Place, by: Engine | None = None) -> str:
    """What a writer is told that waits for a tenth of a second."""
    with pytest.raises(LockTimeout) as caught:
        place.opened(lock_timeout=0.1, by=by).commit(saving("S-1"))
    return caught.value.reason


def test_p_c3_the_process_and_the_application_are_named(schema: Place) -> None:
    schema.opened()
    with schema.locked() as connection:
        connection.exec_driver_sql("SET application_name = 'year''s end'")
        pid = connection.exec_driver_sql("SELECT pg_backend_pid()").scalar_one()
        due = f"the server's process {pid} (\"year's end\") held the lock on it for more than 0.1 s. Try again"
        assert refused(schema) == due


def test_p_c3_a_process_without_a_name_is_named_by_its_number(schema: Place) -> None:
    schema.opened()
    with schema.locked() as connection:
        connection.exec_driver_sql("SET application_name = ''")
        pid = connection.exec_driver_sql("SELECT pg_backend_pid()").scalar_one()
        assert refused(schema).startswith(f"the server's process {pid} held the lock")


def test_p_c3_who_waits_or_only_reads_is_not_taken_for_the_holder(schema: Place) -> None:
    schema.opened()
    with schema.locked() as holding, schema.new_engine().connect() as waiting, schema.new_engine().connect() as reading:
        reading.exec_driver_sql(f"SELECT * FROM {TABLE}")  # noqa: S608  # no foreign text
        pid = holding.exec_driver_sql("SELECT pg_backend_pid()").scalar_one()
        waiting.exec_driver_sql("SET lock_timeout = 20000")
        waits = Thread(target=lambda: waiting.exec_driver_sql(f"SELECT head FROM {TABLE} FOR UPDATE"))  # noqa: S608
        waits.start()
        looks = (schema.sql("SELECT 1 FROM pg_locks, pg_sleep(0.02) WHERE NOT granted") for _ in range(1_000))
        is_waiting, said = any(looks), refused(schema)
        holding.exec_driver_sql("ROLLBACK")
        waits.join(60)
        waiting.rollback()
    assert is_waiting
    assert said.startswith(f"the server's process {pid} held the lock")


def test_p_c3_a_holder_that_is_gone_is_another_writer(schema: Place) -> None:
    assert holder_of(schema.engine, TABLE) == ""


def test_p_c3_a_server_that_does_not_tell_costs_nothing(schema: Place) -> None:
    engine = schema.new_engine()
    schema.opened()

    def fail(*arguments: object) -> None:
        if "pg_locks" in str(arguments[2]):
            raise OperationalError("no", None, ValueError("it does not say"))

    event.listen(engine, "before_cursor_execute", fail)
    with schema.locked():
        assert refused(schema, by=engine) == "another writer held the lock on it for more than 0.1 s. Try again"


def test_p_c3_sqlite_does_not_know_who_it_is(file: Place) -> None:
    file.opened()
    with file.locked():
        assert refused(file) == (
            "another writer (SQLite does not say which) held the lock on it for more than 0.1 s. Try again"
        )


def test_the_holder_of_nothing_is_nobody(place: Place) -> None:
    """Asked of SQLite, which has no such tables, and of a server without the table."""
    engine = create_engine(place.url)
    assert holder_of(engine, TABLE) == ""
    engine.dispose()
