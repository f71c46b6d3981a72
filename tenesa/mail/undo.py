"""Taking back what a step wrote while it is still held."""

from __future__ import annotations

from dataclasses import dataclass

from django.utils.translation import gettext as _

from tenesa.audit.models import Event
from tenesa.mail.models import OutboundMail
from tenesa.workflow.case import Case
from tenesa.workflow.errors import NotNow

Status = OutboundMail.Status


@dataclass(frozen=True)
class CancelMails:
    """Cancel every mail of an event; NotNow where a worker has taken one up meanwhile, and then nothing is undone."""

    undone: Event

    def write(self, case: Case, event: Event) -> None:
        mails = OutboundMail.objects.filter(event=self.undone)
        mails.filter(status=Status.HELD).update(status=Status.CANCELLED)
        if mails.exclude(status=Status.CANCELLED).exists():
            raise NotNow([_("A mail of this step is on its way already; it cannot be taken back.")])
