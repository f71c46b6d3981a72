"""Steps about mails of a case that left, failed or wait; every procedure declares those it wants (ADR-0008)."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Any

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from tenesa.accounts.models import Actor
from tenesa.audit.models import Event
from tenesa.mail import outbox
from tenesa.mail.models import OutboundMail
from tenesa.workflow.case import Case
from tenesa.workflow.errors import NotNow
from tenesa.workflow.step import Outgoing, StepContext, StepForm, effect, guard
from tenesa.workspace import case_mail


class MailForm(StepForm):
    """A choice among some of the case's mails."""

    mail = forms.ModelChoiceField(label=gettext_lazy("Mail"), queryset=OutboundMail.objects.none(), empty_label=None)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        mails = self.mails()
        self.fields["mail"].queryset = case_mail.rows(mails)  # type: ignore[attr-defined]
        self.fields["mail"].label_from_instance = _mail_label  # type: ignore[attr-defined]
        self.fields["mail"].initial = mails[0].pk if mails else None

    def mails(self) -> list[OutboundMail]:
        return case_mail.sent(self.case)


def _mail_label(mail: OutboundMail) -> str:
    return f"{mail.subject} → {', '.join(mail.to)}"


class FailedMailForm(MailForm):
    def mails(self) -> list[OutboundMail]:
        return case_mail.failed(self.case)


class ResendForm(FailedMailForm):
    def mails(self) -> list[OutboundMail]:
        return [mail for mail in super().mails() if mail.to]


class ScheduledMailForm(MailForm):
    """With `letter`, the number of the event that wrote the mail, where it is the case's own and no other has been
    written since: without it nobody has been answered."""

    def mails(self) -> list[OutboundMail]:
        return case_mail.scheduled(self.case)

    def clean(self) -> dict[str, Any]:
        given = super().clean() or {}
        if mail := given.get("mail"):
            since = [one for one in case_mail.sent(self.case) if not one.automatic and one.created_at > mail.created_at]
            own = (mail.procedure, mail.case_id) == (self.case.procedure_name(), self.case.pk)
            if own and all(one.status == OutboundMail.Status.CANCELLED for one in since):
                given["letter"] = mail.event.seq
        return given


@guard(gettext_lazy("a mail did not arrive"))
def a_mail_failed(case: Case, actor: Actor) -> str:
    return "" if case_mail.failed(case) else _("Every mail of this case has arrived or is on its way.")


@dataclass(frozen=True)
class OnMail:
    """Do something to one mail of the outbox; NotNow where it is no longer what the person saw."""

    mail: OutboundMail
    act: Callable[[Any], bool]

    def write(self, case: Case, event: Event) -> None:
        if not self.act(self.mail.pk):
            raise NotNow([_("This mail has changed meanwhile; look at it again.")])


@effect(gettext_lazy("the mail is sent again"))
def send_again(case: Case, taken: StepContext) -> Iterable[Outgoing]:
    yield OnMail(taken.inputs["mail"], outbox.retry)
