"""Charts as SVG drawn on the server: coordinates here, ink in the style sheet, the same figures in the table below."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import groupby

from django.utils.formats import number_format
from django.utils.translation import gettext as _

from tenesa.reporting.buckets import BOUNDS
from tenesa.reporting.registry import Band
from tenesa.reporting.selectors import Distribution, Line
from tenesa.timers.spans import span_words

WIDTH, HEIGHT = 720, 200
LEFT, RIGHT, TOP, BOTTOM = 44, 8, 12, 24
PLOT_W, PLOT_H = WIDTH - LEFT - RIGHT, HEIGHT - TOP - BOTTOM
SEEN = 3  # the height of a column that is nothing of something: none of five kept
LABELS = 12  # at most so many words under the axis


@dataclass(frozen=True)
class Point:
    label: str
    value: float
    words: str
    signal: str = ""
    query: str = ""


@dataclass(frozen=True)
class Bar:
    x: str
    y: str
    width: str
    height: str
    point: Point


@dataclass(frozen=True)
class Tick:
    at: str
    label: str


@dataclass(frozen=True)
class Level:
    """A target over the columns that it holds for."""

    begin: str
    end: str
    at: str
    words: str


@dataclass(frozen=True)
class Chart:
    """What the template draws; every number is text already, so no language puts a comma into it."""

    title: str
    summary: str
    bars: Sequence[Bar]
    lines: Sequence[Tick]
    ticks: Sequence[Tick]
    targets: Sequence[Level] = ()
    width: int = WIDTH
    height: int = HEIGHT
    left: int = LEFT
    right: int = WIDTH - RIGHT
    floor: int = HEIGHT - BOTTOM


def columns(title: str, points: Sequence[Point], *, share: bool, targets: Sequence[float | None] = ()) -> Chart:
    """Columns side by side; a share goes up to 100 %, a count to a round number above the largest."""
    top = 1.0 if share else _round_up(max((point.value for point in points), default=0))
    step = PLOT_W / max(len(points), 1)
    bars = [_bar(place, point, step, top) for place, point in enumerate(points)]
    every = max(1, -(-len(points) // LABELS))
    return Chart(
        title=title,
        summary=_summary(points),
        bars=bars,
        lines=[Tick(f"{_y(top * part, top):.1f}", _axis(top * part, share=share)) for part in (0, 0.5, 1)],
        ticks=[
            Tick(f"{LEFT + step * (place + 0.5):.1f}", point.label)
            for place, point in enumerate(points)
            if place % every == 0
        ],
        targets=list(_levels(targets, step)),
    )


def _levels(targets: Sequence[float | None], step: float) -> Iterator[Level]:
    """One line as long as the target stays the same."""
    for target, some in groupby(enumerate(targets), key=lambda one: one[1]):
        places = [place for place, _target in some]
        if target is not None:
            begin, end = LEFT + places[0] * step, LEFT + (places[-1] + 1) * step
            yield Level(f"{begin:.1f}", f"{end:.1f}", f"{_y(target, 1):.1f}", percent(target, 1))


def _bar(place: int, point: Point, step: float, top: float) -> Bar:
    gap = min(step * 0.25, 6)
    y = min(_y(point.value, top), TOP + PLOT_H - (SEEN if point.query else 0))
    x, width, height = LEFT + place * step + gap / 2, step - gap, TOP + PLOT_H - y
    return Bar(f"{x:.1f}", f"{y:.1f}", f"{width:.1f}", f"{height:.1f}", point)


def _y(value: float, top: float) -> float:
    return TOP + PLOT_H * (1 - min(value / top, 1)) if top else TOP + PLOT_H


def _round_up(value: float) -> float:
    """The next of 2, 4, 10, 20, 40 … so that the half is whole."""
    scale = 1
    while True:
        for step in (2, 4, 10):
            if value <= step * scale:
                return float(step * scale)
        scale *= 10


def _axis(value: float, *, share: bool) -> str:
    return percent(value) if share else number_format(int(value), force_grouping=True)


def percent(share: float | None, decimals: int = 0) -> str:
    return "–" if share is None else f"{number_format(round(share * 100, decimals), decimals)} %"


def _summary(points: Sequence[Point]) -> str:
    told = [f"{point.label}: {point.words}" for point in points if point.value]
    return "; ".join(told[:40]) or _("nothing in this period")


def of_lines(title: str, lines: Sequence[Line]) -> Chart:
    """Attainment by day where there is a target, else how many there were."""
    targets = [line.target for line in lines]
    share = any(target is not None for target in targets)
    points = [
        Point(
            line.label,
            (line.figure.share or 0) if share else line.figure.total,
            _words(line, share=share),
            line.signal,
            line.report_query.address if line.figure.total else "",
        )
        for line in lines
    ]
    return columns(title, points, share=share, targets=targets)


def _words(line: Line, *, share: bool) -> str:
    total = number_format(line.figure.total, force_grouping=True)
    if not share or not line.figure.total:
        return total
    return _("%(share)s, %(met)s of %(total)s") % {
        "share": percent(line.figure.share, 1),
        "met": number_format(line.figure.met, force_grouping=True),
        "total": total,
    }


def histogram(title: str, spread: Distribution, query: str) -> Chart:
    points = [
        Point(bucket_words(place), count, number_format(count, force_grouping=True), query=f"{query}&bucket={place}")
        for place, count in enumerate(spread.buckets)
    ]
    return columns(title, points, share=False)


def of_bands(title: str, found: Sequence[tuple[Band, int]], query: str) -> Chart:
    points = [
        Point(
            str(band.label),
            count,
            number_format(count, force_grouping=True),
            query=f"{query}&band={place}" if count else "",
        )
        for place, (band, count) in enumerate(found)
    ]
    return columns(title, points, share=False)


def bucket_words(place: int) -> str:
    """≤ 5 m; above the last bound: > 7 d."""
    return f"≤ {span_words(BOUNDS[place])}" if place < len(BOUNDS) else f"> {span_words(BOUNDS[-1])}"


def at_most(seconds: int | None) -> str:
    """A percentile in words: the bucket it falls in."""
    if seconds is None:
        return "–"
    return f"≤ {span_words(seconds)}" if seconds else f"> {span_words(BOUNDS[-1])}"
