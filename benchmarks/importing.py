"""`import salespipeline`, against `import attrs, cattrs`, each in fresh interpreters: the best of many, in turn."""

import os
import subprocess
import sys
from collections.abc import Iterator

from benchmarks.side_by_side import Ratio

ROUNDS = 30
_CODE = "import time; start = time.process_time(); {}; print(time.process_time() - start)"


def _seconds(statement: str) -> float:
    run = subprocess.run(
        [sys.executable, "-c", _CODE.format(statement)], check=True, capture_output=True, text=True, env=_environment()
    )
    return float(run.stdout)


def _environment() -> dict[str, str]:
    return {name: value for name, value in os.environ.items() if name != "PYTHONDONTWRITEBYTECODE"}


def ratios() -> Iterator[Ratio]:
    ours, theirs = "import salespipeline", "import attrs, cattrs"
    _seconds(ours), _seconds(theirs)  # so that both find their compiled files
    pairs = [(_seconds(ours), _seconds(theirs)) for _ in range(ROUNDS)]
    mine, other = min(a for a, _ in pairs), min(b for _, b in pairs)
    yield Ratio("import salespipeline", "import attrs, cattrs", mine, other, mine / other, 1.9, 1.5, True)
