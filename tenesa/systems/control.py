"""The controls of the simulator as the administrator's page and the demo use them; no real system has them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlsplit

import httpx2
from django.conf import settings

from tenesa.systems.http import transport

SECONDS = 3.0


class NoSimulator(Exception):
    """Nothing answers the controls at this address: it is a real system, or the simulator is not running."""


@dataclass(frozen=True)
class Fault:
    system: str
    operation: str
    kind: str
    ms: int
    remaining: int | None


@dataclass(frozen=True)
class Catalogue:
    """What a simulator plays and which faults are switched on in it."""

    operations: dict[str, list[str]]
    kinds: list[str]
    faults: list[Fault]


def base_of(system: str) -> str:
    """The address of the service that plays a system: its own address without the system's name."""
    parts = urlsplit(str(settings.SYSTEMS[system]["url"]))
    return f"{parts.scheme}://{parts.netloc}"


def catalogue(system: str) -> Catalogue:
    answer = _ask(system, "GET", "faults")
    try:
        faults = [Fault(**fault) for fault in answer["faults"]]
        return Catalogue(dict(answer["operations"]), list(answer["kinds"]), faults)
    except (KeyError, TypeError, ValueError) as error:
        raise NoSimulator(system) from error


def switch_on(system: str, operation: str, kind: str, *, ms: int | None = None, count: int | None = None) -> None:
    asked = {"system": system, "operation": operation, "kind": kind, "ms": ms, "count": count}
    _ask(system, "PUT", "faults", {name: value for name, value in asked.items() if value is not None})


def switch_off(system: str, operation: str = "") -> None:
    _ask(system, "DELETE", "faults", {"system": system, "operation": operation})


def advance(number: str, **change: str) -> dict[str, Any]:
    """Move an incident on: `status`, `cause`, `solution`, `worklog`; without a status to the usual next one."""
    return dict(_ask("nossa", "POST", f"nossa/{number}/advance", change)["incident"])


def screen_pop(number: str, agent: str, call_id: str = "") -> dict[str, Any]:
    """A call of a number on an agent's screen: what was posted (`event`) and what came back (`status`, `answer`)."""
    return _ask("cti", "POST", "cti/screen-pop", {"number": number, "agent": agent, "call_id": call_id})


def receive_pops(url: str, token: str) -> None:
    """Say where such calls are posted, and with which token."""
    _ask("cti", "PUT", "cti/receiver", {"url": url, "token": token})


def publish_script(path: str, **words: str) -> str:
    """Publish a script in My Kiss, or its next version: `title`, `script`, `version`. Returns the version."""
    return str(_ask("mykiss", "POST", "mykiss/publish", {"path": path, **words})["version"])


def unpublish_script(path: str) -> None:
    _ask("mykiss", "POST", "mykiss/unpublish", {"path": path})


def pay(fastel: str, **payment: Any) -> dict[str, Any]:
    """A customer pays: `amount` (else everything that is owed), `value_date`, `posted_on` (ISO days, else today).
    NoSimulator where the number is unknown or owes nothing."""
    return _ask("epayment", "POST", "epayment/pay", {"fastel": fastel, **payment})


def post_payments(fastel: str) -> None:
    """What the customer paid and was not yet posted can be read now."""
    _ask("epayment", "POST", "epayment/post", {"fastel": fastel})


def change_result(system: str, reference: str, **fields: Any) -> None:
    """A result in "mycx" or "tamara" as somebody there made it; `locked_by` names who has it open."""
    _ask(system, "PUT", f"outbound/{system}/{reference}", fields)


def remember_results(system: str, rows: Sequence[Mapping[str, Any]]) -> list[str]:
    """Results that stand in "mycx" or "tamara" from before: fields as they are told, `entered_at`, `valid`, `qco`,
    `qco_at`, `follow`. → their references"""
    return list(_ask(system, "PUT", f"outbound/{system}", {"rows": list(rows)})["references"])


def remove_result(system: str, reference: str) -> None:
    _ask(system, "DELETE", f"outbound/{system}/{reference}")


def copy_result(system: str, reference: str, **fields: Any) -> str:
    """The same result again, with fields changed: a duplicate, or one that nobody of ours entered. → its reference"""
    return str(_ask(system, "POST", f"outbound/{system}/{reference}/copy", fields)["reference"])


def calls(system: str, operation: str = "", since: int = 0) -> list[dict[str, Any]]:
    """What was asked of a system, oldest first: method, operation, key, time, content, fault met."""
    return list(_ask(system, "GET", f"calls?system={system}&operation={operation}&since={since}")["calls"])


def _ask(system: str, method: str, path: str, values: Mapping[str, Any] | None = None) -> dict[str, Any]:
    wire = transport(f"{base_of(system)}/_control", str(settings.SYSTEMS[system]["token"]), SECONDS)
    try:
        response = wire.request(method, path, json=values)
        answer = response.json()
    except (httpx2.HTTPError, httpx2.InvalidURL, ValueError) as error:
        raise NoSimulator(system) from error
    if not response.is_success or not isinstance(answer, dict):
        raise NoSimulator(system)
    return answer
