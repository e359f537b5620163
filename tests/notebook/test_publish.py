"""The generated blocks of the documents are what the code prints today."""

from pathlib import Path

import pytest

from salespipeline.errors import InvalidValue, UnknownEntry
from salespipeline.notebook.publish import BLOCKS, block_names, main, refreshed

ROOT = Path(__file__).parents[2]
DOCUMENTS = [ROOT / "README.md", *sorted((ROOT / "docs").rglob("*.md"))]

STALE = "before\n<!-- generated: moves -->\nold\n<!-- end generated -->\nafter\n"


@pytest.mark.parametrize("path", DOCUMENTS, ids=lambda path: str(path.relative_to(ROOT)))
def test_every_generated_block_is_up_to_date(path: Path) -> None:
    """Otherwise: `python -m salespipeline.notebook.publish README.md docs/reference/*.md`."""
    text = path.read_text(encoding="utf-8")
    assert refreshed(text) == text


def test_the_reference_has_every_block_once() -> None:
    texts = [path.read_text(encoding="utf-8") for path in sorted((ROOT / "docs/reference").glob("*.md"))]
    assert sorted(name for text in texts for name in block_names(text)) == sorted(BLOCKS)


def test_a_stale_block_is_replaced_and_the_rest_is_kept() -> None:
    text = refreshed(STALE)
    assert text.startswith("before\n<!-- generated: moves -->\n\n| move |")
    assert text.endswith("|\n\n<!-- end generated -->\nafter\n")


def test_refreshing_twice_changes_nothing() -> None:
    assert refreshed(refreshed(STALE)) == refreshed(STALE)


def test_a_text_without_blocks_stays_as_it_is() -> None:
    assert refreshed("# Title\n") == "# Title\n"


def test_a_strange_block_is_refused_with_those_there_are() -> None:
    with pytest.raises(UnknownEntry, match="cannot find generated block 'moon'"):
        refreshed(STALE.replace("moves", "moon"))


@pytest.mark.parametrize(
    "text",
    [
        "<!-- generated: moves -->\nno end\n",
        "<!-- generated: moves -->\nno end\n" + STALE,
        STALE + "<!-- end generated -->\n",
        "<!-- generated: moves--><!-- end generated -->",
    ],
)
def test_a_block_without_an_end_is_refused_and_nothing_is_lost(text: str) -> None:
    with pytest.raises(InvalidValue, match="needs an <!-- end generated --> of its own"):
        refreshed(text)


def test_the_command_names_the_files_it_changed(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    stale, plain = tmp_path / "stale.md", tmp_path / "plain.md"
    stale.write_text(STALE, encoding="utf-8")
    plain.write_text("# Title\n", encoding="utf-8")
    main([str(stale), str(plain)])
    assert capsys.readouterr().out == f"refreshed {stale}\n"
    assert stale.read_text(encoding="utf-8") == refreshed(STALE)
