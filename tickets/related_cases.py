"""What a step does to the rows of others in the same transaction: another case is opened, or given its rows."""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from django.db.models import Q

from tenesa.accounts.models import SYSTEM
from tenesa.workflow.perform import open_case
from tickets.states import SEGMENT_TOOLS

if TYPE_CHECKING:
    from tenesa.audit.models import Event
    from tenesa.workflow.case import Case
    from tickets.models import EmailCase


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
