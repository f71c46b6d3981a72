"""`python -m tests.benchmarks`: measure, print the table, write build/bench.json."""

from __future__ import annotations

import argparse
import sys
import time
from collections.abc import Callable
from functools import partial
from pathlib import Path

from tenesa.launch.process import SetupError
from tenesa.launch.rundir import ROOT
from tests.benchmarks import measure, rig
from tests.benchmarks.measure import Line

# “mail-full” on the cases that the pages left.
PARTS = (
    "mail",
    "steps",
    "claims",
    "callbacks",
    "caring-claims",
    "live",
    "timers",
    "pages",
    "reports",
    "mail-full",
    "search",
    "lists",
    "dapros",
    "reconciliation",
    "caring-lists",
    "effort",
)


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m tests.benchmarks", description=__doc__)
    parser.add_argument("--quick", action="store_true", help="small sizes: shows that it runs, not how fast")
    parser.add_argument("--only", choices=PARTS, action="append", help="leave out the other parts")
    parser.add_argument("--output", type=Path, default=ROOT / "build" / "bench.json")
    options = parser.parse_args()
    try:
        lines = run(options.only or PARTS, quick=options.quick)
    except SetupError as error:
        print(error, file=sys.stderr)
        return 2
    measure.write(lines, options.output)
    print(f"\n{measure.table(lines)}\n\nwritten to {options.output}")
    return 0


def run(parts: tuple[str, ...] | list[str], *, quick: bool) -> list[Line]:
    lines: list[Line] = []
    with rig.running() as base:
        from tests.benchmarks import (
            callbacks,
            caring_lists,
            claims,
            dapros,
            effort,
            intake,
            lists,
            live,
            pages,
            prospects,
            reconciliation,
            reports,
            search,
            steps,
            timers,
        )

        many = 50_000 if quick else 1_000_000
        mails = partial(intake.measure, base, turns=1 if quick else 4, number=40 if quick else 100)
        todo: dict[str, Callable[[], list[Line]]] = {
            "mail": mails,
            "steps": lambda: steps.measure(turns=2 if quick else 5, number=50 if quick else 200),
            "claims": lambda: claims.measure(turns=2 if quick else 5, number=5 if quick else 25),
            "callbacks": lambda: callbacks.measure(turns=2 if quick else 5, number=3 if quick else 12),
            "caring-claims": lambda: prospects.measure(
                turns=2 if quick else 5, number=3 if quick else 12, listed=20_000 if quick else prospects.LISTED
            ),
            "timers": lambda: timers.measure(turns=1 if quick else 2, number=10_000 if quick else 100_000),
            "pages": lambda: pages.measure(10_000, many, turns=5 if quick else 15),
            "reports": lambda: reports.measure(50_000 if quick else 1_000_000, turns=5 if quick else 20),
            "search": lambda: search.measure(many, turns=3 if quick else 15),
            "lists": lambda: lists.measure(many, turns=2 if quick else 5, rows=50 if quick else 200),
            "dapros": lambda: dapros.measure(many),
            "reconciliation": lambda: reconciliation.measure(20_000 if quick else 200_000),
            "caring-lists": lambda: caring_lists.measure(20_000 if quick else 2_000_000, turns=5 if quick else 20),
            "mail-full": partial(mails, among=many),
            "effort": lambda: effort.measure(base),
            "live": lambda: live.measure(base, number=20 if quick else 100),
        }
        for part in parts:
            started = time.monotonic()
            lines += todo[part]()
            print(f"{part}: {time.monotonic() - started:.0f} s", flush=True)
    return lines


if __name__ == "__main__":
    sys.exit(main())
