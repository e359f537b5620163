"""How the suite runs: the documents' examples as tests, how far Hypothesis looks, and what is counted."""

import os
import tempfile
from doctest import ELLIPSIS, NORMALIZE_WHITESPACE

from hypothesis import Phase, settings
from sybil import Sybil
from sybil.parsers.myst import PythonCodeBlockParser, SkipParser
from tests.counts import counted, pytest_terminal_summary

__all__ = ["counted", "pytest_collect_file", "pytest_terminal_summary"]

collect_ignore = ["docs/conf.py"]

QUICK = [phase for phase in Phase if phase is not Phase.explain]  # explaining a failure can take minutes
settings.register_profile("fast", derandomize=True, max_examples=100, deadline=None, phases=QUICK)
settings.register_profile("deep", max_examples=5_000, deadline=None, print_blob=True)
settings.load_profile("fast")  # `--hypothesis-profile=deep` comes later and wins


def enter_empty_folder(namespace: dict[str, object]) -> None:
    """Let a document write its files where they disturb nothing."""
    namespace["__origin__"] = os.getcwd()
    namespace["__folder__"] = folder = tempfile.TemporaryDirectory(ignore_cleanup_errors=True)
    os.chdir(folder.name)


def leave_folder(namespace: dict[str, object]) -> None:
    """Go back, and forget what the document wrote."""
    os.chdir(str(namespace["__origin__"]))
    folder = namespace["__folder__"]
    if isinstance(folder, tempfile.TemporaryDirectory):
        folder.cleanup()


pytest_collect_file = Sybil(
    parsers=[PythonCodeBlockParser(doctest_optionflags=ELLIPSIS | NORMALIZE_WHITESPACE), SkipParser()],
    patterns=["*.md"],
    setup=enter_empty_folder,
    teardown=leave_folder,
).pytest()
