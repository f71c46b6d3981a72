"""The world around the desk, for journeys: people who work by REST, the outside systems, the worker.

Everything here is real: SMTP and IMAP, HTTP, PostgreSQL, Redis and a Celery worker in a process of its own. Nothing
sleeps and hopes; `eventually` asks again until the answer is there or the time is over.
"""

from __future__ import annotations

import contextlib
import itertools
import os
import signal
import subprocess
from dataclasses import dataclass, field
from email.message import EmailMessage
from typing import Any
from urllib.parse import urlsplit

import httpx2
import redis
from celery import current_app
from django.conf import settings

from tenesa.accounts import tokens
from tenesa.accounts.models import User
from tenesa.audit.models import Event
from tenesa.mail.models import InboundMail, Mailbox, OutboundMail
from tenesa.systems.models import ExternalCall
from tests import factories
from tests.journeys.patience import PATIENCE, eventually
from tests.journeys.post import PASSWORD, Customer, Inbox, Session, words
from tests.services import services
from tickets.models import EmailCase

__all__ = ["Api", "Customer", "Handling", "Inbox", "Outside", "Worker", "World", "new_mailbox", "tick", "tidy", "words"]
count = itertools.count(1)


# --- the outside systems ----------------------------------------------------------------------------------------------
class Outside:
    """The simulators' control room."""

    def __init__(self) -> None:
        headers = {"Authorization": f"Bearer {settings.SYSTEMS['mycx']['token']}"}
        self.client = httpx2.Client(
            base_url=settings.SYSTEMS_URL, headers=headers, verify=False, trust_env=False, timeout=30
        )

    def _ask(self, method: str, path: str, **content: Any) -> dict[str, Any]:
        answer = self.client.request(method, f"/_control/{path}", **content)
        assert answer.is_success, answer.text
        return dict(answer.json())

    def reset(self) -> None:
        self._ask("POST", "reset")

    def fault(self, system: str, operation: str, kind: str, *, ms: int | None = None, times: int | None = None) -> None:
        wanted = {"system": system, "operation": operation, "kind": kind, "ms": ms, "count": times}
        self._ask("PUT", "faults", json={name: value for name, value in wanted.items() if value is not None})

    def heal(self) -> None:
        self._ask("DELETE", "faults")

    def advance(self, number: str, **facts: str) -> dict[str, Any]:
        return dict(self._ask("POST", f"nossa/{number}/advance", json=facts)["incident"])

    def answer_in_group(self, message: str, text: str) -> None:
        self._ask("POST", "coordination/reply", json={"message": message, "text": text})

    def answer_of_unit(self, reference: str, answer: str) -> None:
        self._ask("POST", "backend/answer", json={"reference": reference, "answer": answer})

    def calls(self, system: str, operation: str) -> list[dict[str, Any]]:
        return list(self._ask("GET", "calls", params={"system": system, "operation": operation})["calls"])

    def incident(self, number: str) -> dict[str, Any]:
        answer = self.client.get("/nossa/get_incident", params={"number": number})
        return dict(answer.json()["data"]["incident"])

    def incidents_of(self, product_id: str) -> list[dict[str, Any]]:
        answer = self.client.get("/nossa/search_by_service", params={"service_no": product_id})
        return list(answer.json()["data"]["incidents"])


# --- people -----------------------------------------------------------------------------------------------------------
class Api:
    """A person at work by REST."""

    def __init__(self, url: str, user: User) -> None:
        _token, key = tokens.issue(user, "uji")
        headers = {"Authorization": f"Token {key}", "Accept-Language": "id"}
        self.client = httpx2.Client(
            base_url=f"{url}/api/cases/", headers=headers, verify=False, trust_env=False, timeout=30
        )
        self.url, self.user = url, user

    def decide(self, pk: int, step: str, **inputs: Any) -> httpx2.Response:
        """A step of the escalation that waits about this case."""
        about: dict[str, Any] = {"procedure": EmailCase.procedure_name(), "case": pk}
        rows = self.client.get(f"{self.url}/api/escalations/", params=about).json()["results"]
        live = next(row for row in rows if row["state"] in {"REQUESTED", "ASKED", "WITH_UNIT"})
        return self.client.post(f"{self.url}/api/escalations/{live['id']}/steps/{step}/", json=inputs)

    def open_cases(self) -> list[dict[str, Any]]:
        return list(self.client.get("", params={"page_size": 200}).json()["results"])

    def case(self, pk: int) -> dict[str, Any]:
        answer = self.client.get(f"{pk}/")
        assert answer.status_code == 200, answer.text
        return dict(answer.json())

    def offers(self, pk: int) -> dict[str, dict[str, Any]]:
        """Steps from the present state by name, allowed or not."""
        return {offer["step"]: offer for offer in self.client.get(f"{pk}/steps/").json()}

    def post(self, pk: int, step: str, *, key: str = "", **inputs: Any) -> httpx2.Response:
        headers = {"Idempotency-Key": key} if key else {}
        return self.client.post(f"{pk}/steps/{step}/", json=inputs, headers=headers)

    def take(self, pk: int, step: str, *, key: str = "", **inputs: Any) -> dict[str, Any]:
        answer = self.post(pk, step, key=key, **inputs)
        assert answer.status_code == 200, f"{step}: {answer.status_code} {answer.text}"
        return dict(answer.json())

    def refused(self, pk: int, step: str, status: int, **inputs: Any) -> dict[str, Any]:
        answer = self.post(pk, step, **inputs)
        assert answer.status_code == status, f"{step}: {answer.status_code} {answer.text}"
        return dict(answer.json())


# --- the worker -------------------------------------------------------------------------------------------------------
class Worker:
    """A Celery worker and beat in processes of their own, on the test database."""

    def __init__(self, *, beat: bool = True) -> None:
        self.with_beat = beat
        self.process: subprocess.Popen[bytes] | None = None
        self.beat: subprocess.Popen[bytes] | None = None

    def start(self) -> Worker:
        self.process = services.start_worker(concurrency=2)
        if self.with_beat and self.beat is None:
            self.beat = services.start_beat(MAIL_POLL_SECONDS="1")
        return self

    def kill(self) -> None:
        """SIGKILL, with all its children: no handler runs, nothing is tidied up."""
        if self.process is not None:
            services.kill(self.process)
            self.process = None

    def stop(self) -> None:
        self.kill()
        if self.beat is not None:
            services.kill(self.beat)
            self.beat = None

    def hold_ticks(self) -> None:
        """Beat stands still: no new work begins by itself."""
        if self.beat is not None:
            self.beat.send_signal(signal.SIGSTOP)

    def let_tick(self) -> None:
        if self.beat is not None:
            self.beat.send_signal(signal.SIGCONT)

    def idle(self) -> bool:
        """Nothing is queued and nothing is being done; what is due later does not count."""
        broker = redis.Redis.from_url(settings.REDIS_URL)
        with contextlib.closing(broker):
            if any(broker.llen(queue) for queue in ("ticks", "celery", "calls")):
                return False
        with current_app.connection_for_write() as own:  # a kept one may be older than the broker
            active = current_app.control.inspect(timeout=2, limit=1, connection=own).active()
        return active is not None and not any(active.values())

    def log(self) -> str:
        return services.log("worker").read_text(errors="replace")[-3000:]


def tick(task: str) -> None:
    """What beat does, now instead of in some seconds."""
    current_app.send_task(task)


def tidy(queue: str = "celery") -> None:
    """Forget wake-ups that nobody will take any more."""
    broker = redis.Redis.from_url(settings.REDIS_URL)
    with contextlib.closing(broker):
        broker.delete(queue, "unacked", "unacked_index")


# --- one case in one person's hands -----------------------------------------------------------------------------------
@dataclass
class Handling:
    """A case, and the person who works on it; `as_(other)` passes the keyboard."""

    api: Api
    pk: int

    def as_(self, api: Api) -> Handling:
        return Handling(api, self.pk)

    def now(self) -> dict[str, Any]:
        return self.api.case(self.pk)

    @property
    def state(self) -> str:
        return str(self.now()["state"])

    def take(self, step: str, *, key: str = "", **inputs: Any) -> dict[str, Any]:
        return self.api.take(self.pk, step, key=key, **inputs)

    def refused(self, step: str, status: int, **inputs: Any) -> dict[str, Any]:
        return self.api.refused(self.pk, step, status, **inputs)

    def offers(self) -> set[str]:
        return {name for name, offer in self.api.offers(self.pk).items() if offer["allowed"]}

    def until_offered(self, step: str, seconds: float = PATIENCE) -> None:
        eventually(lambda: step in self.offers(), seconds, what=lambda: f"{step}; {self.history()} {self.outside()}")

    def until(self, state: str, seconds: float = PATIENCE) -> dict[str, Any]:
        eventually(lambda: self.state == state, seconds, what=lambda: f"{state}; {self.history()} {self.outside()}")
        return self.now()

    def until_step(self, step: str, times: int = 1, seconds: float = PATIENCE) -> None:
        """Wait for a step of the system that leaves the state as it is."""
        eventually(
            lambda: self.history().count(step) >= times,
            seconds,
            what=lambda: f"{step}; {self.history()} {self.outside()}",
        )

    def evidence(self, *tools: str, product_id: str = "", times: int = 1) -> dict[str, dict[str, Any]]:
        """Wait until every tool was read so often (for the product), and give the newest reading of each."""

        def read() -> dict[str, dict[str, Any]] | None:
            checks = [c for c in self.now()["checks"] if not product_id or c["product_id"] == product_id]
            checks.sort(key=lambda check: str(check["at"]))
            if any(sum(check["tool"] == tool for check in checks) < times for tool in tools):
                return None
            return {check["tool"]: check for check in checks}

        return eventually(read, what=lambda: f"{tools}; {self.outside()}")

    def history(self) -> list[str]:
        events = Event.objects.filter(procedure=EmailCase.procedure_name(), case_id=self.pk).order_by("seq")
        return list(events.values_list("step", flat=True))

    def sent(self) -> list[str]:
        """Purposes of the case's mails in the order of the steps that wrote them, cancelled ones left out."""
        mails = OutboundMail.objects.filter(case_id=self.pk).exclude(status=OutboundMail.Status.CANCELLED)
        return list(mails.order_by("event__seq", "created_at").values_list("purpose", flat=True))

    def all_sent(self) -> None:
        mails = OutboundMail.objects.filter(case_id=self.pk).exclude(status__in=["SENT", "CANCELLED"])
        eventually(lambda: not mails.exists(), what=lambda: f"{list(mails.values('purpose', 'status', 'error'))}")

    def outside(self) -> list[tuple[str, str, str, str]]:
        calls = ExternalCall.objects.filter(case_id=self.pk).order_by("created_at")
        return list(calls.values_list("system", "operation", "status", "note"))


@dataclass
class World:
    """Everything a journey needs."""

    url: str
    mailbox: Mailbox
    worker: Worker
    outside: Outside
    inbox: Inbox
    units: dict[str, Inbox]
    people: list[Api] = field(default_factory=list)

    def customer(self, name: str, address: str) -> Customer:
        return Customer(name, address, self.mailbox.address, self.inbox)

    def person(self, user: User) -> Api:
        self.people.append(Api(self.url, user))
        return self.people[-1]

    def close(self) -> None:
        for api in self.people:
            api.client.close()
        self.outside.client.close()

    def case_of(self, api: Api, mail: EmailMessage, seconds: float = PATIENCE) -> Handling:
        """The case that a customer's mail was filed into."""
        message_id = str(mail["Message-ID"]).strip("<>")
        rows = InboundMail.objects.filter(mailbox=self.mailbox, message_id__contains=message_id, status="FILED")
        row = eventually(rows.first, seconds, what=lambda: f"the case of {message_id}: {self.ledger()}")
        assert row.case_id is not None
        return Handling(api, row.case_id)

    def ledger(self) -> dict[str, int]:
        found: dict[str, int] = {}
        for status in InboundMail.objects.filter(mailbox=self.mailbox).values_list("status", flat=True):
            found[status] = found.get(status, 0) + 1
        return found

    def on_server(self) -> int:
        with contextlib.closing(Session(self.mailbox.username)) as session:
            session.client.select_folder("INBOX", readonly=True)
            return len(session.client.search())

    def nossa_feed(self) -> None:
        """Beat's look into NOSSA's status feed, now."""
        tick("tenesa.incidents.tasks.poll_nossa")

    def clock(self) -> None:
        """Beat's look at the deadlines and at what is due in the outboxes, now."""
        for task in (
            "tenesa.timers.tasks.sweep_timers",
            "tenesa.mail.tasks.sweep_mail",
            "tenesa.systems.tasks.sweep_calls",
        ):
            tick(task)

    def at_rest(self) -> None:
        """Wait until the worker has nothing more to do."""
        eventually(self.worker.idle, what=self.worker.log)


def new_mailbox(**changes: Any) -> Mailbox:
    """An account of its own on the mail server, read by the desk."""
    server = urlsplit(settings.IMAP_URL)
    name = f"tenesa{os.getpid()}x{next(count)}"
    fields: dict[str, Any] = {
        "address": f"{name}@telkom.example",
        "name": "TENESA",
        "desk": factories.desk(),
        "procedure": EmailCase.procedure_name(),
        "imap_host": server.hostname,
        "imap_port": server.port,
        "imap_ssl": False,
        "username": name,
        "password": PASSWORD,
        "server_keeps_sent": True,
        "auto_acknowledge": True,
    }
    return Mailbox.objects.create(**{**fields, **changes})
