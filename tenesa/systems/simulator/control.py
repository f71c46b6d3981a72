"""The controls of the simulator, for the administrator's page, demos and tests; never part of a system's contract.

GET     faults                   what is switched on, and every operation that exists
PUT     faults                   system, operation ("*" for all), kind, ms?, count?
DELETE  faults                   system?, operation?; without names everything
POST    reset                    back to the seed
POST    latency                  ms, added to every call
POST    nossa/<number>/advance   status?, cause?, solution?, worklog?; without status the usual next one
PUT     lines/<service no>       health: HEALTHY, DEGRADED, DOWN or ISOLATED
POST    coordination/reply       message, text, author?
POST    backend/answer           reference, answer, by?
POST    ioc/<reference>/advance  status, note?
POST    cti/screen-pop           number, agent, call_id?: a call on the agent's screen, posted to TENESA's REST
PUT     cti/receiver             url, token: where these calls are posted
POST    mykiss/publish           path, title?, script?, version?: the next version, or a new script
POST    mykiss/unpublish         path
POST    softphone/<call>/end     result
PUT     softphone/<agent>        device: on, off (Eyebeam rings on the same ones)
POST    epayment/pay             fastel, amount?, value_date?, posted_on?: without an amount all that is owed with fines
POST    epayment/post            fastel: what was paid and not yet posted can be read now
PUT     outbound/<system>/<row>  fields of a result in mycx or tamara as they are from now on; locked_by
PUT     outbound/<system>        rows: results that stand there from before the simulator's time
DELETE  outbound/<system>/<row>
POST    outbound/<system>/<row>/copy  fields?: the same row once more
GET     calls                    system?, operation?, since? (a call's id); oldest first
"""

from __future__ import annotations

import json
from typing import Any

from tenesa.systems.backend.simulator import settle
from tenesa.systems.coordination.simulator import reply
from tenesa.systems.cti.simulator import screen_pop, send_pop
from tenesa.systems.epayment import simulator as epayment
from tenesa.systems.ioc.simulator import advance
from tenesa.systems.mykiss.simulator import publish, unpublish
from tenesa.systems.simulator import faults, outbound
from tenesa.systems.simulator.contract import Params, RefusalError
from tenesa.systems.simulator.movement import move
from tenesa.systems.simulator.seed import Health
from tenesa.systems.simulator.store import Database, Store
from tenesa.systems.softphone import simulator as softphone

Catalogue = dict[str, list[str]]


def handle(database: Database, catalogue: Catalogue, method: str, path: str, values: dict[str, Any]) -> dict[str, Any]:
    if (method, path) == ("POST", "reset"):
        database.reset()
        return {"ok": True}
    if (method, path) == ("POST", "cti/screen-pop"):
        return _screen_pop(database, Params(values))
    with database.work() as store:
        return _handle(store, catalogue, (method, *path.split("/")), Params(values))


def _handle(store: Store, catalogue: Catalogue, route: tuple[str, ...], params: Params) -> dict[str, Any]:
    match route:
        case ("GET", "faults"):
            kinds = [kind.value for kind in faults.Kind]
            return {"ok": True, "faults": faults.listed(store), "operations": catalogue, "kinds": kinds}
        case ("PUT", "faults"):
            _switch(store, catalogue, params)
        case ("DELETE", "faults"):
            faults.switch_off(store, params.text("system"), params.text("operation"))
        case ("POST", "latency"):
            store.set_setting("latency", str(params.whole("ms", 0)))
        case ("POST", "nossa", number, "advance"):
            words = {name: params.text(name) for name in ("status", "cause", "solution")}
            return {"ok": True, "incident": move(store, number, words=params.text("worklog"), **words)}
        case ("GET", "calls"):
            return {"ok": True, "calls": _calls(store, params)}
        case _:
            return {"ok": True, **_in_a_system(store, route, params)}
    return {"ok": True}


def _in_a_system(store: Store, route: tuple[str, ...], params: Params) -> dict[str, Any]:
    """What people of another house do in their own system; what there is to say of it."""
    match route:
        case ("PUT", "lines", service_no):
            if service_no not in store.world.by_number or params.text("health") not in list(Health):
                raise RefusalError("INVALID", "Unknown service or health.")
            store.set_health(service_no, Health(params.text("health")))
        case ("POST", "coordination", "reply"):
            author = params.text("author") or "Petugas koordinasi"
            reply(store, params.need("message"), author, params.need("text"))
        case ("POST", "backend", "answer"):
            settle(store, params.need("reference"), params.need("answer"), params.text("by") or "Petugas unit")
        case ("POST", "ioc", reference, "advance"):
            advance(store, reference, params.need("status"), params.text("note"))
        case ("PUT", "cti", "receiver"):
            store.set_setting("pop_url", params.need("url"))
            store.set_setting("pop_token", params.need("token"))
        case ("POST", "mykiss", "publish"):
            return publish(store, params)
        case ("POST", "mykiss", "unpublish"):
            unpublish(store, params.need("path"))
        case (_, "softphone", *rest):
            softphone.steer(store, rest, params)
        case (method, "epayment", what):
            return epayment.steer(store, (method, what), params)
        case (method, "outbound", "mycx" | "tamara" as system, *rest):
            return outbound.steer(store, system, (method, *rest), params)
        case _:
            raise RefusalError("NOT_FOUND", "There is no such control.")
    return {}


def _screen_pop(database: Database, params: Params) -> dict[str, Any]:
    """The event goes out when the store is free again: whoever receives it may ask the CTI at once."""
    with database.work() as store:
        event, url, token = screen_pop(store, params), store.setting("pop_url"), store.setting("pop_token")
    if not url:
        raise RefusalError("UNAVAILABLE", "Alamat REST TENESA belum diatur.")
    return send_pop(url, token, event)


def _switch(store: Store, catalogue: Catalogue, params: Params) -> None:
    system, operation = params.need("system"), params.text("operation") or "*"
    if operation not in ("*", *catalogue.get(system, ())) or system not in catalogue:
        raise RefusalError("INVALID", f"There is no operation {system}.{operation}.")
    ms = params.whole("ms", 0) if params.text("ms") else None
    count = params.whole("count", 0) or None
    faults.switch_on(store, system, operation, params.need("kind"), ms=ms, count=count)


def _calls(store: Store, params: Params) -> list[dict[str, Any]]:
    system, operation = params.text("system"), params.text("operation")
    rows = store.db.execute(
        "SELECT * FROM calls WHERE id > ? AND (? = '' OR system = ?) AND (? = '' OR operation = ?) ORDER BY id",
        (params.whole("since", 0), system, system, operation, operation),
    )
    return [{**dict(row), "content": _readable(row["content"])} for row in rows]


def _readable(text: str) -> Any:
    try:
        return json.loads(text)
    except ValueError:
        return text
