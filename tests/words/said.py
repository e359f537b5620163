"""What refusals say, to the letter: a file for each kind, a line for each refusal, read before it is changed."""

from pathlib import Path

__all__ = ["listed", "words_of"]


def listed(name: str) -> dict[str, str]:
    """The refusals in a file by what is refused: the error's class and its words."""
    lines = Path(__file__).with_name(f"{name}.txt").read_text(encoding="utf-8").splitlines()
    return dict(line.split("\t", 1) for line in lines)


def words_of(error: Exception) -> str:
    """An error as the files have it."""
    return f"{type(error).__name__}: {error}"
