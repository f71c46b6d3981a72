"""The simulated Nonatero: it counts what stands in TAMARA."""

from __future__ import annotations

import json
from collections import Counter, defaultdict
from typing import Any

from tenesa.systems.simulator import outbound
from tenesa.systems.simulator.contract import Answer, Operation, Params
from tenesa.systems.simulator.store import Store

CATEGORIES = {"Agree": "agree", "Follow Up": "follow_up", "Not Agree": "decline"}


def counts(store: Store, params: Params) -> Answer:
    """Superseded results are calls too, and count as nothing else."""
    team, login = params.text("team"), params.text("login")
    found: dict[tuple[str, str, str], list[tuple[dict[str, Any], bool]]] = defaultdict(list)
    for row in outbound.of_period(store, "tamara", params):
        data = json.loads(row["data"])
        if team in ("", data["team"]) and login[: outbound.WIDTHS["tamara"]["login"]] in ("", data["login"]):
            superseded = row["follow"] == outbound.SUPERSEDED
            found[data["day"], data["login"], data["campaign"]].append((data, superseded))
    return Answer({"counts": [_counted(*group, rows) for group, rows in sorted(found.items())]})


def _counted(day: str, login: str, campaign: str, rows: list[tuple[dict[str, Any], bool]]) -> dict[str, Any]:
    reasons = Counter(data["reason"] for data, _superseded in rows)
    standing = Counter(CATEGORIES.get(data["category"], "") for data, superseded in rows if not superseded)
    silent = sum(data["status"] == "Not Contacted" for data, _superseded in rows)
    return {
        "login": login,
        "day": day,
        "team": rows[-1][0]["team"],
        "campaign": campaign,
        "called": len(rows),
        "contacted": len(rows) - silent,
        "not_contacted": silent,
        **{name: standing[name] for name in CATEGORIES.values()},
        "reasons": [{"reason": reason, "count": count} for reason, count in sorted(reasons.items())],
    }


OPERATIONS = {"counts": Operation(counts)}
