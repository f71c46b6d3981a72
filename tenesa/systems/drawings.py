"""What was read, as pictures and tables: coordinates and values for the templates in templates/systems.

Everything is made from a stored answer, so an old reading looks as it did when it was read. What cannot be drawn (a
check by hand, an answer of an older version) is None, and its sentence stands alone.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from django.utils import timezone

from tenesa.rupiah import in_rupiah
from tenesa.systems.embassy.values import Limit
from tenesa.systems.verdict import decimal

Snapshot = Mapping[str, Any]
WIDTH, HEIGHT = 320, 128
LEFT, RIGHT, TOP, BOTTOM = 36, 8, 10, 20
ROW, NODE, NODE_WIDTH, NODE_LEFT = 52, 30, 148, 8
HISTORY, TABLE_ROWS, CUSTOMERS = 6, 24, 5


@dataclass(frozen=True)
class Drawing:
    template: str
    obj: Any


@dataclass(frozen=True)
class Tick:
    at: float
    words: str


@dataclass(frozen=True)
class Traffic:
    """In and out as paths over one scale; `rows` is the same as a table, newest first."""

    width: int
    height: int
    left: int
    right: int
    base: float
    into: str
    area: str
    out: str
    capacity: float
    capacity_words: str
    scale: list[Tick]
    hours: list[Tick]
    last_x: float
    last_in: float
    last_out: float
    last_words: dict[str, str]
    loss: str
    rows: list[tuple[datetime, str, str]]


def traffic(snapshot: Snapshot) -> Traffic | None:
    read = snapshot["traffic"]
    series = [
        (datetime.fromisoformat(one["at"]), float(one["in_mbps"]), float(one["out_mbps"])) for one in read["series"]
    ]
    if not series:
        return None
    capacity, right, base = float(read["bandwidth_mbps"]), WIDTH - RIGHT, HEIGHT - BOTTOM
    top = max([capacity, *(max(into, out) for _at, into, out in series)]) * 1.05 or 1.0
    first, last = series[0][0], series[-1][0]
    seconds = (last - first).total_seconds() or 1.0

    def x(at: datetime) -> float:
        return round(LEFT + (right - LEFT) * (at - first).total_seconds() / seconds, 1)

    def y(mbps: float) -> float:
        return round(base - (base - TOP) * min(max(mbps, 0.0), top) / top, 1)

    into = "M" + " L".join(f"{x(at)} {y(mbps)}" for at, mbps, _out in series)
    step = _nice(top / 3)
    return Traffic(
        WIDTH, HEIGHT, LEFT, right, base, into,
        area=f"{into} L{x(last)} {base} L{x(first)} {base} Z",
        out="M" + " L".join(f"{x(at)} {y(mbps)}" for at, _in, mbps in series),
        capacity=y(capacity),
        capacity_words=decimal(capacity, "Mbps"),
        scale=[Tick(y(step * n), decimal(step * n)) for n in range(int(top / step) + 1)],
        hours=[Tick(x(at), f"{timezone.localtime(at):%H.%M}") for at, _in, _out in _every(series, 4)],
        last_x=x(last), last_in=y(series[-1][1]), last_out=y(series[-1][2]),
        last_words={"in": decimal(series[-1][1], "Mbps"), "out": decimal(series[-1][2], "Mbps")},
        loss=decimal(float(read["loss_percent"]), "%"),
        rows=[(at, decimal(into_), decimal(out)) for at, into_, out in reversed(series[-TABLE_ROWS:])],
    )  # fmt: skip


def _nice(value: float) -> float:
    """A step that people count in: 1, 2 or 5 of some power of ten."""
    if value <= 0:
        return 1.0
    power = 10.0 ** math.floor(math.log10(value))
    return power * next(n for n in (1, 2, 5, 10) if n * power >= value)


def _every(series: list[Any], parts: int) -> list[Any]:
    stride = max(1, len(series) // parts)
    return series[::stride]


@dataclass(frozen=True)
class Node:
    name: str
    port: str
    y: int
    link: str
    latency: str
    flaps: int


@dataclass(frozen=True)
class Path:
    width: int
    height: int
    left: int
    node_width: int
    node_height: int
    nodes: list[Node]


def path(snapshot: Snapshot) -> Path | None:
    """From the core to the customer, downwards; the link that leads to a node has that node's state."""
    hops = snapshot["topology"]["hops"]
    nodes = [
        Node(
            str(hop["node"]), str(hop["port"]), 4 + place * ROW,
            "breach" if not hop["up"] else "risk" if hop["flaps_24h"] else "met",
            decimal(float(hop["latency_ms"]), "ms"), int(hop["flaps_24h"]),
        )
        for place, hop in enumerate(hops)
    ]  # fmt: skip
    return Path(WIDTH, 8 + (len(nodes) - 1) * ROW + NODE, NODE_LEFT, NODE_WIDTH, NODE, nodes) if nodes else None


@dataclass(frozen=True)
class Measured:
    label: str
    value: str
    limit: str
    state: str


@dataclass(frozen=True)
class Line:
    online: bool
    measured: list[Measured]
    attainable: str
    bandwidth: str
    last_seen_at: datetime


def line(snapshot: Snapshot) -> Line:
    """Each value beside the limits that were in force when it was read."""
    read = snapshot["line"]
    measured = []
    for one in snapshot["limits"]:
        limit = Limit(float(one["at_risk"]), float(one["breached"]))
        sign = "≤" if limit.breached > limit.at_risk else "≥"
        value = decimal(float(one["value"]), one["unit"].split()[0])
        measured.append(Measured(one["label"], value, f"{sign} {decimal(limit.breached)}", one["state"]))
    mbps = {name: read.get(name) for name in ("attainable_mbps", "bandwidth_mbps")}
    words = {name: "" if value is None else decimal(float(value), "Mbps") for name, value in mbps.items()}
    seen = datetime.fromisoformat(read["last_seen_at"])
    return Line(bool(read["online"]), measured, words["attainable_mbps"], words["bandwidth_mbps"], seen)


def device(snapshot: Snapshot) -> dict[str, str]:
    output = snapshot["output"]
    return {name: str(output[name]) for name in ("node", "port", "command", "text")}


@dataclass(frozen=True)
class Bill:
    month: date
    amount: str
    paid_on: date | None


def bills(snapshot: Snapshot) -> dict[str, Any]:
    account = snapshot["account"]
    listed = [
        Bill(
            date.fromisoformat(f"{bill['month']}-01"),
            in_rupiah(int(bill["amount"])),
            date.fromisoformat(bill["paid_on"]) if bill["paid_on"] else None,
        )
        for bill in account["bills"]
    ]
    return {"isolated": bool(account["isolated"]), "bills": listed}


def incidents(snapshot: Snapshot) -> list[dict[str, Any]] | None:
    """Each incident with what happened to it, newest first."""
    found = snapshot.get("incidents") or ([snapshot["incident"]] if snapshot.get("incident") else [])
    drawn = []
    for incident in found:
        logs = [
            {"at": datetime.fromisoformat(log["created_at"]), "words": log["summary"], "by": log.get("created_by", "")}
            for log in incident["worklogs"]
        ]
        logs.sort(key=lambda log: log["at"], reverse=True)
        times = {name: datetime.fromisoformat(incident[name]) for name in ("status_at", "reported_at")}
        drawn.append({**incident, **times, "history": logs[:HISTORY], "more": max(0, len(logs) - HISTORY)})
    return drawn or None


def customers(snapshot: Snapshot) -> list[dict[str, Any]] | None:
    """Customers as MyCX found them, each with open tickets."""
    found = []
    for customer in snapshot["customers"][:CUSTOMERS]:
        tickets = [
            {**ticket, "reported_at": datetime.fromisoformat(ticket["reported_at"])} for ticket in customer["tickets"]
        ]
        found.append({**customer, "tickets": tickets})
    return found or None


def record(snapshot: Snapshot) -> dict[str, Any]:
    """A customer with segment as SISKAS or TENOSS knows it, and the services."""
    return {"customer": snapshot["customer"], "services": snapshot.get("services") or []}


KINDS: dict[str, tuple[str, Callable[[Snapshot], Any]]] = {
    "mrtg": ("systems/_traffic.html", traffic),
    "telkom_center": ("systems/_path.html", path),
    "embassy": ("systems/_line.html", line),
    "securecrt": ("systems/_device.html", device),
    "epayment": ("systems/_bills.html", bills),
    "nossa": ("systems/_incidents.html", incidents),
    "mycx": ("systems/_customers.html", customers),
    "siskas": ("systems/_record.html", record),
    "tenoss": ("systems/_record.html", record),
}


def drawing(tool: str, snapshot: Snapshot) -> Drawing | None:
    if tool not in KINDS or not snapshot:
        return None
    template, draw = KINDS[tool]
    try:
        drawn = draw(snapshot)
    except (KeyError, TypeError, ValueError, AttributeError, IndexError):
        return None  # an answer of another shape: its sentence says what was read
    return Drawing(template, drawn) if drawn else None
