"""Databases for the tests: SQLite files, and schemas of a PostgreSQL server that is started for them."""

import os
import subprocess
import tempfile
from collections.abc import Generator, Iterator
from contextlib import contextmanager
from pathlib import Path

import psycopg
import pytest
from sqlalchemy import Connection, Engine, create_engine
from sqlalchemy.engine.interfaces import IsolationLevel

from salespipeline.storage.sql import SqlStorage


class Server:
    """A PostgreSQL server of its own, reached through a socket in a directory that goes with it."""

    def __init__(self, binaries: Path, folder: Path) -> None:
        self.binaries = binaries
        self.folder = folder
        self.account = _account()
        if self.account is not None:
            os.chown(folder, self.account, -1)
        self.run(
            "initdb", "-D", f"{folder}/data", "-A", "trust", "-U", "tests", "-E", "UTF8", "--locale=C", "--no-sync"
        )
        self.control("start")

    def run(self, program: str, *arguments: str) -> None:
        """Run one of the server's programs, under an account that is not the system's own."""
        command = [str(self.binaries / program), *arguments]
        with (self.folder / "log").open("a") as log:  # not a pipe: the server would keep it open
            log.flush()
            ran = subprocess.run(command, cwd=self.folder, user=self.account, stdout=log, stderr=log, check=False)
        if ran.returncode:
            raise RuntimeError((self.folder / "log").read_text())

    def control(self, action: str) -> None:
        """Start, stop or restart the server, without manners."""
        options = f"-c listen_addresses= -c unix_socket_directories={self.folder}"
        how = ("-o", options) if action == "start" else ("-m", "immediate")
        self.run("pg_ctl", "-D", f"{self.folder}/data", "-w", "-t", "60", *how, action)

    def schema(self) -> str:
        """The URL of a new and empty schema."""
        with self.connected() as connection:
            count = connection.execute("SELECT count(*) FROM pg_namespace").fetchone()
            name = f"tests_{count[0] if count else 0}"
            connection.execute(f"CREATE SCHEMA {name}".encode())
        return f"postgresql+psycopg://tests@/postgres?host={self.folder}&options=-csearch_path%3D{name}"

    def cut_connections(self) -> None:
        """Let the server hang up on everybody."""
        with self.connected() as connection:
            connection.execute(
                "SELECT pg_terminate_backend(pid) FROM pg_stat_activity"
                " WHERE pid <> pg_backend_pid() AND backend_type = 'client backend'"
            )

    @contextmanager
    def connected(self) -> Generator[psycopg.Connection]:
        """A connection on which each statement stands alone."""
        with psycopg.connect(host=str(self.folder), user="tests", dbname="postgres", autocommit=True) as connection:
            yield connection


def _account() -> int | None:
    """The number of an account without rights, where the tests run as root; the server refuses root."""
    if os.getuid():
        return None
    import pwd  # not everywhere

    names = {entry.pw_name: entry.pw_uid for entry in pwd.getpwall()}
    return names.get("postgres", names.get("nobody"))


@pytest.fixture(scope="session")
def server() -> Iterator[Server]:
    """A server while the tests run; what needs it is skipped where PostgreSQL is not installed."""
    found = sorted(Path("/usr/lib/postgresql").glob("*/bin/initdb"), key=lambda path: int(path.parts[-3]))
    if not found:
        pytest.skip("PostgreSQL is not installed")
    with tempfile.TemporaryDirectory(prefix="pg") as folder:
        server = Server(found[-1].parent, Path(folder))
        try:
            yield server
        finally:
            server.control("stop")


class Place:
    """An empty place for a store, and the handles that a test opened on it."""

    def __init__(self, url: str, server: Server | None = None) -> None:
        self.url = url
        self.server = server
        self.handles: list[SqlStorage] = []
        self.engines: list[Engine] = []
        self.engine = self.new_engine()  # to look beside the library

    @property
    def is_sqlite(self) -> bool:
        return self.server is None

    def opened(
        self, *, lock_timeout: float = 30, prefix: str = "salespipeline_", by: Engine | None = None
    ) -> SqlStorage:
        """One more handle on the store, closed when the test ends."""
        return self.kept(SqlStorage(by or self.url, lock_timeout=lock_timeout, prefix=prefix, new_id=lambda: "test"))

    def new_engine(self, isolation: IsolationLevel | None = None) -> Engine:
        """An engine, disposed of when the test ends."""
        engine = create_engine(self.url) if isolation is None else create_engine(self.url, isolation_level=isolation)
        self.engines.append(engine)
        return engine

    def kept(self, storage: SqlStorage) -> SqlStorage:
        self.handles.append(storage)
        return storage

    def sql(self, text: str) -> list[tuple[object, ...]]:
        """What a statement gives that does not come from the library."""
        with self.engine.begin() as connection:
            result = connection.exec_driver_sql(text)
            return [tuple(row) for row in result] if result.returns_rows else []

    @contextmanager
    def locked(self) -> Generator[Connection]:
        """Another writer, in the middle of a commit."""
        with self.engine.connect() as connection:
            if self.is_sqlite:
                connection.execution_options(isolation_level="AUTOCOMMIT")
                connection.exec_driver_sql("BEGIN IMMEDIATE")
            else:
                connection.exec_driver_sql("SELECT head FROM salespipeline_store FOR UPDATE")
            yield connection
            connection.exec_driver_sql("ROLLBACK")

    def close(self) -> None:
        for handle in self.handles:
            handle.close()
        for engine in self.engines:
            engine.dispose()


@pytest.fixture(params=["sqlite", "postgresql"])
def place(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Place]:
    """A place in either database."""
    if request.param == "sqlite":
        place = Place(f"sqlite:///{tmp_path / 'store.db'}")
    else:
        server: Server = request.getfixturevalue("server")
        place = Place(server.schema(), server)
    yield place
    place.close()


@pytest.fixture
def file(tmp_path: Path) -> Iterator[Place]:
    """A place in a SQLite file."""
    place = Place(f"sqlite:///{tmp_path / 'store.db'}")
    yield place
    place.close()


@pytest.fixture
def schema(server: Server) -> Iterator[Place]:
    """A place in PostgreSQL."""
    place = Place(server.schema(), server)
    yield place
    place.close()
