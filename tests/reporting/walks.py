"""Cases walked through the real door, with what left them counted as sent."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta
from typing import Any
from unittest.mock import patch

from django.utils import timezone

from tenesa.accounts.models import SYSTEM, User
from tenesa.mail.models import OutboundMail
from tenesa.workflow.perform import perform
from tests import factories
from tickets.models import EmailCase


@contextmanager
def at(moment: datetime) -> Iterator[None]:
    """The clock of the house stands at this moment."""
    with patch("django.utils.timezone.now", return_value=moment):
        yield


class Walk:
    """One case, a minute between steps unless told otherwise."""

    def __init__(self, agent: User, start: datetime | None = None, **changes: Any) -> None:
        self.agent, self.now = agent, start or timezone.now().replace(microsecond=0) - timedelta(hours=6)
        with at(self.now):
            self.case: EmailCase = factories.opened(**changes)

    def take(self, step: str, *, after: float = 1, by: Any = None, **data: Any) -> Walk:
        self.now += timedelta(minutes=after)
        actor = by or self.agent
        with at(self.now):
            if actor is SYSTEM:
                self.case = perform(self.case, step, actor=actor, **data)
            else:
                self.case = perform(self.case, step, actor=actor, data=data)
        OutboundMail.objects.filter(case_id=self.case.pk).update(status="SENT", sent_at=self.now)
        return self

    def segment(self, segment: str = "DES") -> Walk:
        self.take("take")
        return self.take("check_segment", segment=segment, source="MANUAL", reason="Kontrak terlampir.")

    def information(self, *, after: float = 1, **changes: Any) -> Walk:
        answer = {"message": "Tersedia 200 Mbps.", "related_product": "Astinet SD-WAN", **changes}
        factories.product()
        return self.segment().take("identify", kind="INFORMATION").take("answer_information", after=after, **answer)

    def close(self) -> Walk:
        return self.take("close", message="Terima kasih.")
