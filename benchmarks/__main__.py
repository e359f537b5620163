"""Every benchmark, or those that are named: `python -m benchmarks applying saving`."""

import sys

from benchmarks import applying, decoding, importing, saving
from benchmarks.side_by_side import HEADING

ALL = {"applying": applying, "decoding": decoding, "saving": saving, "importing": importing}


def main(names: list[str]) -> int:
    print(HEADING)
    for name in names or ALL:
        for ratio in ALL[name].ratios():
            print(ratio, flush=True)
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
