"""The simulated CTI; its controls raise a call on an agent's screen."""

from __future__ import annotations

import uuid
from datetime import datetime
from typing import Any

import httpx2

from tenesa.systems.cti.values import AgentState, Category
from tenesa.systems.simulator.contract import Answer, Operation, Params, RefusalError
from tenesa.systems.simulator.seed import World
from tenesa.systems.simulator.seed_numbers import CTI_VVIP, digits, owners_of
from tenesa.systems.simulator.store import Store

POP_SECONDS = 5.0


def category(store: Store, params: Params) -> Answer:
    number = params.need("number")
    found, name = category_of(store.world, number)
    return Answer({"number": number, "category": found.value, "name": name})


def category_of(world: World, number: str) -> tuple[Category, str]:
    """The category and the name of a number's owner; several owners have no name."""
    owners = owners_of(world, number)
    if not owners:
        return Category.UNKNOWN, ""
    vvip = any(owner.reference in CTI_VVIP for owner in owners)
    return (Category.VVIP if vvip else Category.REGULAR), (owners[0].name if len(owners) == 1 else "")


def agent_state(store: Store, params: Params) -> Answer:
    return _agent(store, params.need("login"))


def set_agent_state(store: Store, params: Params) -> Answer:
    login, state = params.need("login"), params.need("state")
    if state not in list(AgentState):
        raise RefusalError("INVALID", f"Status {state} tidak dikenal.", {"fields": {"state": "tidak dikenal"}})
    try:
        since = datetime.fromisoformat(params.need("since"))
    except ValueError:
        raise RefusalError("INVALID", "Kolom since bukan waktu.", {"fields": {"since": "bukan waktu"}}) from None
    row = store.db.execute("SELECT since FROM agents WHERE login = ?", (login,)).fetchone()
    if row is None or datetime.fromisoformat(row["since"]) <= since:
        store.db.execute("INSERT OR REPLACE INTO agents VALUES (?, ?, ?)", (login, state, since.isoformat()))
    return _agent(store, login)


def _agent(store: Store, login: str) -> Answer:
    row = store.db.execute("SELECT * FROM agents WHERE login = ?", (login,)).fetchone()
    if row is None:
        raise RefusalError("NOT_FOUND", f"Agent {login} tidak dikenal.")
    return Answer({"login": login, "state": row["state"], "since": row["since"]}, ref=login)


def screen_pop(store: Store, params: Params) -> dict[str, Any]:
    """A call that reaches an agent, as the body of the event; the category only where the number is known."""
    number, agent = params.need("number"), params.need("agent")
    if not digits(number):
        raise RefusalError("INVALID", f"{number} bukan nomor telepon.")
    call_id = params.text("call_id") or f"CTI-{uuid.uuid4().hex[:12].upper()}"
    event = {"call_id": call_id, "number": number, "agent": agent, "at": store.now.isoformat()}
    found, _name = category_of(store.world, number)
    return event if found == Category.UNKNOWN else {**event, "category": found.value}


def send_pop(url: str, token: str, event: dict[str, Any]) -> dict[str, Any]:
    """Post the event to the REST of the working place; what came back stands in the answer."""
    try:
        response = httpx2.post(
            url, json=event, headers={"Authorization": f"Token {token}"}, timeout=POP_SECONDS, trust_env=False
        )
    except (httpx2.HTTPError, httpx2.InvalidURL) as error:
        raise RefusalError("UNAVAILABLE", f"{url} tidak menjawab: {error}") from error
    return {"ok": response.is_success, "status": response.status_code, "answer": response.text[:2_000], "event": event}


OPERATIONS = {
    "category": Operation(category),
    "agent_state": Operation(agent_state),
    "set_agent_state": Operation(set_agent_state, writes=True),
}
