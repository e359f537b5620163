"""Every benchmark, or those that are named: `python -m benchmarks applying saving --counts 1000 10000`."""

import sys
from argparse import ArgumentParser
from collections.abc import Callable, Iterable
from functools import partial

from benchmarks import applying, databases, decoding, gate, importing, questions, quoting, saving
from benchmarks.side_by_side import HEADING, Ratio


def main(arguments: list[str]) -> int:
    parser = ArgumentParser(prog="python -m benchmarks", description="Measure ratios side by side, beside the bars.")
    parser.add_argument("names", nargs="*", help="which benchmarks: all, unless some are named")
    parser.add_argument("--counts", type=int, nargs="+", default=[1_000, 10_000, 100_000], help="sales, for `saving`")
    parser.add_argument("--sales", type=int, default=10_000, help="sales, for `questions` and `databases`")
    asked = parser.parse_args(arguments)
    benchmarks: dict[str, Callable[[], Iterable[Ratio]]] = {
        "applying": applying.ratios,
        "decoding": decoding.ratios,
        "gate": gate.ratios,
        "saving": partial(saving.ratios, asked.counts),
        "questions": partial(questions.ratios, asked.sales),
        "databases": partial(databases.ratios, asked.sales),
        "quoting": quoting.ratios,
        "importing": importing.ratios,
    }
    unknown = sorted(set(asked.names) - set(benchmarks))
    if unknown:
        parser.error(f"there is no benchmark {unknown[0]!r}; name some of {', '.join(benchmarks)}")
    print(HEADING)
    for name in asked.names or benchmarks:
        for ratio in benchmarks[name]():
            print(ratio, flush=True)
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
