"""The WSGI application: every system below its name, the controls below `/_control`."""

from __future__ import annotations

import base64
import hashlib
import hmac
import json
import time
from pathlib import Path
from typing import TYPE_CHECKING, Any

from werkzeug.exceptions import BadRequest
from werkzeug.wrappers import Request, Response

from tenesa.systems.apprec import simulator as apprec
from tenesa.systems.backend import simulator as backend
from tenesa.systems.callback import simulator as callback
from tenesa.systems.coordination import simulator as coordination
from tenesa.systems.cti import simulator as cti
from tenesa.systems.cwc import simulator as cwc
from tenesa.systems.embassy import simulator as embassy
from tenesa.systems.epayment import simulator as epayment
from tenesa.systems.eyebeam import simulator as eyebeam
from tenesa.systems.ioc import simulator as ioc
from tenesa.systems.mrtg import simulator as mrtg
from tenesa.systems.mycx import simulator as mycx
from tenesa.systems.mykiss import simulator as mykiss
from tenesa.systems.nonatero import simulator as nonatero
from tenesa.systems.nossa import simulator as nossa
from tenesa.systems.securecrt import simulator as securecrt
from tenesa.systems.simulator import control, faults
from tenesa.systems.simulator.contract import HTTP_STATUS, Answer, Operation, Params, RefusalError, envelope, failure
from tenesa.systems.simulator.faults import Fault, Kind
from tenesa.systems.simulator.store import Database, Store
from tenesa.systems.siskas import simulator as siskas
from tenesa.systems.softphone import simulator as softphone
from tenesa.systems.tamara import simulator as tamara
from tenesa.systems.telkom_center import simulator as telkom_center
from tenesa.systems.tenoss import simulator as tenoss

if TYPE_CHECKING:
    from collections.abc import Iterable

    from _typeshed.wsgi import StartResponse, WSGIEnvironment

SYSTEMS: dict[str, dict[str, Operation]] = {
    "mycx": mycx.OPERATIONS,
    "nossa": nossa.OPERATIONS,
    "siskas": siskas.OPERATIONS,
    "tenoss": tenoss.OPERATIONS,
    "telkom_center": telkom_center.OPERATIONS,
    "mrtg": mrtg.OPERATIONS,
    "embassy": embassy.OPERATIONS,
    "securecrt": securecrt.OPERATIONS,
    "epayment": epayment.OPERATIONS,
    "coordination": coordination.OPERATIONS,
    "backend": backend.OPERATIONS,
    "ioc": ioc.OPERATIONS,
    "cti": cti.OPERATIONS,
    "mykiss": mykiss.OPERATIONS,
    "callback": callback.OPERATIONS,
    "softphone": softphone.OPERATIONS,
    "tamara": tamara.OPERATIONS,
    "cwc": cwc.OPERATIONS,
    "eyebeam": eyebeam.OPERATIONS,
    "apprec": apprec.OPERATIONS,
    "nonatero": nonatero.OPERATIONS,
}
PING = Operation(lambda _store, _params: Answer({}))
KEPT_CONTENT = 4_000


class Simulator:
    def __init__(self, path: Path, *, token: str = "simulator", life: float = 0, latency_ms: int = 0) -> None:  # noqa: S107
        self.database = Database(path)
        self.token = token
        with self.database.work() as store:
            store.set_setting("life", str(life))
            store.set_setting("latency", str(latency_ms))

    def __call__(self, environ: WSGIEnvironment, start_response: StartResponse) -> Iterable[bytes]:
        return self.respond(Request(environ))(environ, start_response)

    def respond(self, request: Request) -> Response:
        head, _slash, rest = request.path.strip("/").partition("/")
        if head == "healthz":
            return answer(200, {"ok": True})
        if not hmac.compare_digest(request.headers.get("Authorization", ""), f"Bearer {self.token}"):
            return answer(401, failure("UNAUTHORISED", "Token tidak berlaku."))
        if head == "_control":
            return self._control(request, rest)
        operation = {**SYSTEMS[head], "ping": PING}.get(rest) if head in SYSTEMS else None
        if operation is None:
            return answer(404, failure("NOT_FOUND", f"Tidak ada operasi {request.path}."))
        if request.method != ("POST" if operation.writes else "GET"):
            return answer(405, failure("INVALID", f"Metode {request.method} tidak didukung."))
        return self._operate(request, head, rest, operation)

    def _control(self, request: Request, rest: str) -> Response:
        try:
            catalogue = {system: sorted(operations) for system, operations in SYSTEMS.items()}
            return answer(200, control.handle(self.database, catalogue, request.method, rest, content_of(request)))
        except RefusalError as refusal:
            status = HTTP_STATUS.get(refusal.code, 400)
            return answer(status, failure(refusal.code, refusal.message, refusal.data))

    def _operate(self, request: Request, system: str, name: str, operation: Operation) -> Response:
        values = content_of(request)
        key = request.headers.get("Idempotency-Key", "")
        with self.database.work() as store:
            latency = int(store.setting("latency", "0"))
            fault = faults.take(store, system, name)
            call = note_call(store, request, (system, name), values, fault)
        time.sleep(latency / 1000)
        if fault and fault.kind == Kind.TIMEOUT:
            time.sleep(fault.seconds)
            return answer(504, failure("TIMEOUT", "Waktu habis."))
        if fault and fault.kind == Kind.HTTP_500:
            return Response("<html><h1>Internal Server Error</h1></html>", 500, content_type="text/html")
        if operation.writes and not key:
            return answer(422, failure("INVALID", "Idempotency-Key wajib ada."))
        with self.database.work() as store:
            status, body = once(store, (system, name, key), values, operation, fault)
            store.db.execute("UPDATE calls SET status = ? WHERE id = ?", (status, call))
        return self._returned(status, body, fault, operation.media)

    def _returned(self, status: int, body: dict[str, Any], fault: Fault | None, media: str = "") -> Response:
        if fault and fault.kind == Kind.LOST_ANSWER:
            time.sleep(fault.seconds)
            return answer(504, failure("TIMEOUT", "Waktu habis."))
        if fault and fault.kind == Kind.SLOW:
            time.sleep(fault.seconds)
        if fault and fault.kind == Kind.WRONG_DATA and body["data"]:
            body = {**body, "data": faults.spoil(body["data"])}
        if media and body["ok"]:
            return Response(base64.b64decode(body["data"].get("content", "")), status, content_type=media)
        return answer(status, body)


def once(
    store: Store, name: tuple[str, str, str], values: dict[str, Any], operation: Operation, fault: Fault | None
) -> tuple[int, dict[str, Any]]:
    """Run a write once for each key and remember its answer with its effect; reads simply run."""
    if not operation.writes:
        return run(store, values, operation, fault)
    digest = hashlib.sha256(json.dumps(values, sort_keys=True).encode()).hexdigest()
    known = store.db.execute(
        "SELECT digest, status, body FROM answers WHERE system = ? AND operation = ? AND key = ?", name
    ).fetchone()
    if known and known["digest"] != digest:
        return 409, failure("CONFLICT", "Kunci ini sudah dipakai untuk isi yang lain.")
    if known:
        store.db.execute("UPDATE calls SET repeated = 1 WHERE id = (SELECT max(id) FROM calls WHERE key = ?)", name[2:])
        return known["status"], json.loads(known["body"])
    status, body = run(store, values, operation, fault)
    store.db.execute("INSERT INTO answers VALUES (?, ?, ?, ?, ?, ?)", (*name, digest, status, json.dumps(body)))
    return status, body


def run(store: Store, values: dict[str, Any], operation: Operation, fault: Fault | None) -> tuple[int, dict[str, Any]]:
    params = Params(values)
    try:
        if fault and fault.kind == Kind.DUPLICATE:
            if operation.duplicate is None:
                return 200, envelope(doubled(operation.run(store, params)))
            operation.duplicate(store, params)
        return 200, envelope(operation.run(store, params))
    except RefusalError as refusal:
        status = HTTP_STATUS.get(refusal.code, 400)
        return status, failure(refusal.code, refusal.message, refusal.data)


def doubled(given: Answer) -> Answer:
    """The same answer with every list in it said twice."""
    data = {name: [*value, *value] if isinstance(value, list) else value for name, value in given.data.items()}
    return Answer(data, given.ref)


def note_call(
    store: Store, request: Request, name: tuple[str, str], values: dict[str, Any], fault: Fault | None
) -> int:
    cursor = store.db.execute(
        "INSERT INTO calls (at, system, operation, method, key, actor, clause, content, fault)"
        " VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)",
        (
            store.now.isoformat(),
            *name,
            request.method,
            request.headers.get("Idempotency-Key", ""),
            request.headers.get("X-Actor", ""),
            request.headers.get("X-Clause", ""),
            json.dumps(values)[:KEPT_CONTENT],
            fault.kind.value if fault else "",
        ),
    )
    return cursor.lastrowid or 0


def content_of(request: Request) -> dict[str, Any]:
    """Query and JSON body together."""
    values: dict[str, Any] = request.args.to_dict()
    try:
        body = request.get_json(silent=True) if request.is_json else None
    except BadRequest:
        body = None
    return {**values, **(body if isinstance(body, dict) else {})}


def answer(status: int, body: dict[str, Any]) -> Response:
    return Response(json.dumps(body), status, content_type="application/json")
