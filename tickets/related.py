"""What a step does to the rows of others in the same transaction: another case is told, opened, given its rows; words
that were not sent become a draft."""

from __future__ import annotations

import uuid
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from tenesa.accounts.models import SYSTEM, User
from tenesa.workflow.perform import open_case, perform
from tenesa.workflow.step import OnOther, Outgoing, Taken, effect, steps_of
from tickets.states import SEGMENT_TOOLS

if TYPE_CHECKING:
    from tenesa.audit.models import Event
    from tenesa.mail.models import OutboundMail
    from tenesa.workflow.case import Case
    from tickets.models import EmailCase


@dataclass(frozen=True)
class StepOn(OnOther):
    """A step of the system on another case; where that case refuses, neither step is taken."""

    other: EmailCase
    step: str
    inputs: Mapping[str, Any] = field(default_factory=dict)

    def write(self, case: Case, event: Event) -> None:
        perform(self.other, self.step, actor=SYSTEM, **self.inputs)


@dataclass(frozen=True)
class OpenSplit:
    """Open the second case of a mail."""

    made: EmailCase
    source: EmailCase
    product_ids: Sequence[str]

    def write(self, case: Case, event: Event) -> None:
        open_case(self.made, "open_split", actor=SYSTEM, source=self.source, product_ids=self.product_ids)


@dataclass(frozen=True)
class MoveLines:
    """Move products with their incidents to the case, and copy what was read for them: evidence stays where it was."""

    source: EmailCase
    product_ids: Sequence[str]

    def write(self, case: Case, event: Event) -> None:
        self.source.lines.filter(product_id__in=self.product_ids).update(case_id=case.pk)
        about_sender = Q(tool__in=SEGMENT_TOOLS, product_id="")
        checks = list(self.source.checks.filter(about_sender | Q(product_id__in=self.product_ids)))
        for check in checks:
            check.pk, check.case_id = uuid.uuid4(), case.pk
        self.source.checks.model.objects.bulk_create(checks)


@dataclass(frozen=True)
class BackToDraft:
    """What a mail said that will not leave, as a draft of its step; where that step is over, of a plain mail.

    Words that lie there already stay above. Files are not part of a draft; the mail on the timeline still has them.
    """

    mail: OutboundMail
    author: User

    def write(self, case: Case, event: Event) -> None:
        kept: Any = case.drafts_kept  # type: ignore[attr-defined]
        values = self._typed(case)
        step = values.pop("step")
        there = kept.filter(author=self.author, step=step).first()
        if there and (before := str(there.values.get("message") or "").strip()) and before != values["message"]:
            values["message"] = f"{before}\n\n{values['message']}"
        kept.update_or_create(author=self.author, step=step, defaults={"values": values})

    def _typed(self, case: Any) -> dict[str, Any]:
        written = self.mail.event
        model: type[Case] = type(case)
        declared = steps_of(model)[written.step]
        to, cc = ", ".join(self.mail.to), ", ".join(self.mail.cc)
        words = {"message": self.mail.body or self.mail.text, "to": to, "cc": cc}
        if declared.asks is None or case.state not in declared.source:
            return {"step": WRITE, **words}
        left_out = {*declared.asks.left_out, *declared.asks.masked}
        recorded = {k: v for k, v in written.data.items() if k in declared.asks.base_fields and k not in left_out}
        hour = timezone.localtime(self.mail.send_after).strftime("%Y-%m-%dT%H:%M")
        return {"step": declared.name, **recorded, **words, "send_at": hour}


WRITE = "write"  # the step that sends a plain mail


@effect(_("its words are a draft again"))
def words_come_back(case: EmailCase, taken: Taken) -> Iterable[Outgoing]:
    if isinstance(taken.actor, User):
        yield BackToDraft(taken.inputs["mail"], taken.actor)
