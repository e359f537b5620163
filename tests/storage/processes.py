"""Processes of the tests, which end with their test whatever happens in it."""

import os
import subprocess
import sys
from collections.abc import Iterator

import pytest

__all__ = ["Processes", "processes"]

_LONGEST = 120  # seconds until a process that does not end is a failure


class Processes:
    """Starts Python processes, and leaves none behind."""

    def __init__(self) -> None:
        self._started: list[subprocess.Popen[str]] = []

    def start(self, code: str, *arguments: object) -> subprocess.Popen[str]:
        """A new process that runs a program with this checkout on its path."""
        environment = {**os.environ, "PYTHONPATH": os.pathsep.join(["src", *sys.path])}
        command = [sys.executable, "-c", code, *map(str, arguments)]
        process = subprocess.Popen(command, env=environment, stdout=subprocess.PIPE, text=True)
        self._started.append(process)
        return process

    def first_line(self, process: subprocess.Popen[str]) -> str:
        """What the process writes first; waits for it."""
        if process.stdout is None:
            raise ValueError("the process was not started with a pipe")
        return process.stdout.readline().strip()

    def kill(self, process: subprocess.Popen[str]) -> list[str]:
        """Kill the process, if it still runs, and give what it had written."""
        process.kill()
        return process.communicate(timeout=_LONGEST)[0].split("\n")

    def wait(self, *processes: subprocess.Popen[str]) -> list[list[str]]:
        """Wait until all have ended as they should, and give what each had written."""
        written = [process.communicate(timeout=_LONGEST)[0].split("\n")[:-1] for process in processes]
        assert [process.returncode for process in processes] == [0] * len(processes)
        return written

    def close(self) -> None:
        """Kill all that still run."""
        for process in self._started:
            process.kill()
        for process in self._started:
            if process.stdout is not None and not process.stdout.closed:
                process.communicate(timeout=_LONGEST)


@pytest.fixture
def processes() -> Iterator[Processes]:
    """Starts the processes of one test."""
    started = Processes()
    yield started
    started.close()
