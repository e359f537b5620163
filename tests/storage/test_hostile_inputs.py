"""Whatever comes in is refused as the library refuses, or does no harm: nothing is changed, nothing passes silently."""

from collections.abc import Mapping
from functools import partial
from pathlib import Path

import pytest
from tests.counts import Counted
from tests.storage.disks import PATH, Disk
from tests.storage.every_kind import FILE
from tests.storage.hostile import cells, files, lines, names
from tests.storage.hostile.entries import (
    each,
    folder_of,
    import_text,
    open_pipeline,
    read_all,
    refusal,
    saved,
    unless_refused,
    with_record,
)
from tests.storage.hostile.foreign import FOREIGN
from tests.storage.hostile.texts import TEXTS

from salespipeline.errors import CorruptStore
from salespipeline.storage.journal.salvage import salvage

FILES: Mapping[str, Mapping[str, bytes]] = {
    "truncated": files.TRUNCATED,
    "line ends": files.LINE_ENDS,
    "encoded": files.ENCODED,
    "merged": files.MERGED,
    "empty": files.EMPTY,
    "zeroed": files.ZEROED,
    "copied": files.COPIED,
    "long": files.LONG,
    "foreign": FOREIGN,
    "headers": lines.HEADERS,
}


def test_there_are_hundreds_of_hostile_inputs() -> None:
    groups = [*FILES.values(), files.SHORTER, *TEXTS.values(), names.REFUSED, names.HARMLESS, names.SURROGATES]
    groups += [cells.REFUSED_FILES, cells.REJECTED_ROWS, cells.HARMLESS_ROWS]
    assert (len(groups) >= 24, sum(map(len, groups)) >= 390) == (True, True)


@pytest.fixture
def path(tmp_path: Path) -> Path:
    (tmp_path / "store").mkdir()
    return tmp_path / "store" / "s"


def fault_of_opening(path: Path, data: bytes) -> str | None:
    """Why opening this file, or saving what is in it, is not as it should be."""
    path.write_bytes(data)
    before = folder_of(path)
    error = refusal(lambda: read_all(path))
    if error is None:
        return "it was opened"
    if isinstance(error, CorruptStore) and not 0 <= error.offset <= len(data):
        return f"the place is not in the file: {error.offset}"
    refusal(lambda: saved(path))
    return None if folder_of(path) == before else "something was changed or left"


@pytest.mark.parametrize("category", FILES)
def test_p_r6_what_is_no_journal_is_refused_and_left_alone(category: str, path: Path, counted: Counted) -> None:
    each(FILES[category], lambda name: fault_of_opening(path, FILES[category][name]), counted)


def test_p_r3_a_file_that_ends_early_is_an_earlier_one(path: Path, counted: Counted) -> None:
    def fault(name: str) -> str | None:
        data = files.SHORTER[name]
        for file in path.parent.iterdir():
            file.unlink()
        path.write_bytes(data)
        read_all(path)
        kept = b"".join(file.read_bytes() for file in path.parent.glob("s.torn-*"))
        return None if path.read_bytes() + kept == data and FILE.startswith(path.read_bytes()) else "bytes are gone"

    each(files.SHORTER, fault, counted)


def test_p_r9_senseless_lines_are_refused_or_harmless(counted: Counted) -> None:
    """With right checksums, and anything in any place of any kind of line."""
    cases = list(lines.senseless())
    for name, data in cases:
        disk = Disk({PATH: data})
        refusal(partial(read_all, PATH, disk))
        refusal(partial(salvage, PATH, f"{PATH}2", new_id=lambda: "saved", system=disk))
        assert disk.contents()[PATH] == data, name
    counted("senseless lines", len(cases), 1_400)


@pytest.mark.parametrize("category", TEXTS)
def test_p_s3_text_that_is_no_document_is_refused(category: str, counted: Counted) -> None:
    each(TEXTS[category], lambda name: unless_refused(import_text, TEXTS[category][name]), counted)


@pytest.mark.parametrize("category", TEXTS)
def test_p_s3_a_catalog_that_is_none_is_refused(category: str, path: Path, counted: Counted) -> None:
    def fault(name: str) -> str | None:
        data = with_record(path, "catalog/catalog", TEXTS[category][name]).read_bytes()
        error = refusal(lambda: open_pipeline(path))
        path.with_name("s.head").unlink(missing_ok=True)
        return None if error and path.read_bytes() == data else "it was read, or changed"

    each(TEXTS[category], fault, counted)
