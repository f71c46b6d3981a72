"""What others read of a run: the table and build/bench.json."""

from __future__ import annotations

import json
from pathlib import Path

from tests.benchmarks.measure import Line, percentile, rates, table, write


def test_it_takes_the_median_of_the_turns() -> None:
    line = rates("steps", [50.0, 100.0, 1.0], [100.0, 100.0, 100.0], "1/s")
    assert (line.value, line.floor, line.ratio, line.kept) == (50.0, 100.0, 2.0, True)


def test_it_writes_every_line_with_its_ratio_and_budget(tmp_path: Path) -> None:
    line = Line("claims", 500.0, "1/s", 2000.0, 4.0, 3.0)
    write([line], tmp_path / "build" / "bench.json")
    assert json.loads((tmp_path / "build" / "bench.json").read_text()) == [
        {"name": "claims", "value": 500.0, "unit": "1/s", "floor": 2000.0, "ratio": 4.0, "budget": 3.0}
    ]
    assert table([line]).endswith("over")


def test_it_reads_a_percentile_from_few_times() -> None:
    assert percentile([5, 1, 4, 2, 3], 0.5) == 3
    assert percentile([5, 1, 4, 2, 3], 0.95) == 5
