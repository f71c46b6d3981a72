"""One line of the table: what the product does in a second, beside the floor measured in the same minutes."""

from __future__ import annotations

import json
import statistics
import time
from collections.abc import Callable, Iterable, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path

Work = Callable[[int], object]  # does so many things

WITHIN = 3.0  # of the floor
GROWTH = 1.2  # a page at a million cases beside the same page at ten thousand


@dataclass(frozen=True)
class Line:
    """`ratio` is how many times worse than the floor; 1.0 would be the floor itself. Without a `budget` it is told and
    judged by another line."""

    name: str
    value: float
    unit: str
    floor: float
    ratio: float
    budget: float | None

    @property
    def kept(self) -> bool:
        return self.budget is None or self.ratio <= self.budget


def rates(
    name: str, product: Sequence[float], floor: Sequence[float], unit: str, budget: float | None = WITHIN
) -> Line:
    """Things a second, measured in turns; the ratio is the median of the turns, so a busy second spoils one only."""
    ratio = statistics.median(bare / own for own, bare in zip(product, floor, strict=True))
    return Line(name, statistics.median(product), unit, statistics.median(floor), ratio, budget)


def in_turns(product: Work, floor: Work, *, turns: int, number: int) -> tuple[list[float], list[float]]:
    """Rates of product and floor, one after the other, after one turn that only warms up."""
    own: list[float] = []
    bare: list[float] = []
    for turn in range(turns + 1):
        for work, found in ((product, own), (floor, bare)):
            rate = per_second(work, number)
            if turn:
                found.append(rate)
    return own, bare


def per_second(work: Work, number: int) -> float:
    started = time.perf_counter()
    work(number)
    return number / (time.perf_counter() - started)


def milliseconds(call: Callable[[], object]) -> float:
    started = time.perf_counter()
    call()
    return (time.perf_counter() - started) * 1000


def peak_from_now() -> float:
    """Megabytes that this process has; the most that it had before is forgotten, its parent's too."""
    Path("/proc/self/clear_refs").write_text("5")
    return megabytes("VmRSS")


def megabytes(name: str) -> float:
    lines = Path("/proc/self/status").read_text().splitlines()
    return next(int(line.split()[1]) for line in lines if line.startswith(f"{name}:")) / 1024


def percentile(times: Iterable[float], share: float) -> float:
    ordered = sorted(times)
    return ordered[min(len(ordered) - 1, int(len(ordered) * share))]


def table(lines: Sequence[Line]) -> str:
    width = max(len(line.name) for line in lines)
    head = f"{'':{width}}  {'value':>10} {'floor':>10}  {'unit':8} {'ratio':>7} {'budget':>7}"
    rows = [
        f"{line.name:{width}}  {line.value:>10.2f} {line.floor:>10.2f}  {line.unit:8} {line.ratio:>6.2f}x"
        f" {'' if line.budget is None else f'{line.budget:.1f}x':>7}{'' if line.kept else '  over'}"
        for line in lines
    ]
    return "\n".join([head, *rows])


def write(lines: Sequence[Line], path: Path) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    rounded = [
        {key: round(value, 3) if isinstance(value, float) else value for key, value in asdict(line).items()}
        for line in lines
    ]
    path.write_text(json.dumps(rounded, indent=2) + "\n")
