"""The callback application, from which Tier 2 takes its calls (W-26 5.2.6, 5.3.4)."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from django.utils.translation import gettext_lazy as _

from tenesa.systems.callback.values import Queued
from tenesa.systems.http import SystemClient
from tenesa.systems.readings import Fields


class CallbackClient(SystemClient):
    system = "callback"
    label = _("Callback application")

    def enqueue(self, case: str, number: str, due_at: datetime, priority: int, *, key: str) -> Queued:
        """S-21: enter a callback; one a case: a second one is refused DUPLICATE with its `queue_id`. `priority` is 0
        (super emergency) to 9."""
        body = {"case": case, "number": number, "due_at": due_at.isoformat(), "priority": priority}
        return self._of(case, "enqueue", key, body)

    def claim(self, case: str, agent: str, *, key: str) -> Queued:
        """S-21: take an entry. Refused CONFLICT with `agent` where another has it, CLOSED when done, NOT_FOUND."""
        return self._of(case, "claim", key, {"case": case, "agent": agent})

    def complete(self, case: str, result: str, *, key: str) -> Queued:
        """S-21: end an entry with its result, also one that nobody claimed. Refused CLOSED, NOT_FOUND."""
        return self._of(case, "complete", key, {"case": case, "result": result})

    def reschedule(self, case: str, due_at: datetime, priority: int, *, key: str) -> Queued:
        """S-21: back into the queue for another time, free for everybody. Refused CLOSED, NOT_FOUND."""
        return self._of(case, "reschedule", key, {"case": case, "due_at": due_at.isoformat(), "priority": priority})

    def _of(self, case: str, operation: str, key: str, body: Mapping[str, Any]) -> Queued:
        def read(data: Fields) -> Queued:
            data.same("case", case)
            return Queued.read(data)

        return self._write(operation, read, key=key, body=body)
