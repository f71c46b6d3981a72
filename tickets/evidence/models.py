"""A reading of an outside system, kept as evidence of a case (P-05 6.3 - 6.11)."""

from __future__ import annotations

import uuid

from django.conf import settings
from django.db import models
from django.utils import timezone
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from segmentation.segments import as_segment
from tenesa.systems.applications import label_of
from tenesa.systems.verdict import ticket_words
from tickets.states import NO_VERDICT, CheckState

WORST_FIRST = (CheckState.FAULT, CheckState.UNKNOWN, CheckState.NORMAL)
BY_HAND = {CheckState.NORMAL: _("No open ticket"), CheckState.FAULT: _("Open ticket")}  # what a person saw in NOSSA
SIGNALS = {CheckState.NORMAL: "met", CheckState.FAULT: "breach", CheckState.FAILED: "risk", CheckState.UNKNOWN: ""}


class ToolCheck(models.Model):
    """What was seen in an outside system for this case, when and by whom: kept as it was (W-05 1.2.2, 1.2.7)."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    case = models.ForeignKey("tickets.EmailCase", models.CASCADE, related_name="checks")
    tool = models.CharField(max_length=20)
    product_id = models.CharField(max_length=30, blank=True)
    state = models.CharField(max_length=8, choices=CheckState)
    summary = models.CharField(max_length=300)
    measures = models.JSONField(default=dict)
    snapshot = models.JSONField(default=dict)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", null=True)
    call = models.ForeignKey("systems.ExternalCall", models.PROTECT, related_name="+", null=True)
    at = models.DateTimeField(default=timezone.now)

    class Meta:
        indexes = [models.Index(fields=["case", "tool", "product_id", "-at"], name="check_newest")]

    def __str__(self) -> str:
        return f"{self.tool_label} {self.product_id}: {self.state}"

    @property
    def segment(self) -> str:
        """The segment that a customer system named, as this desk spells it; "" where it named none."""
        customer = self.snapshot.get("customer") or {}
        return as_segment(customer["segment"]) if customer.get("segment") else ""

    @property
    def tool_label(self) -> str:
        return label_of(self.tool)

    @property
    def words(self) -> str:
        """The result in a word; what tells only who and what was read, and is no verdict."""
        if self._tells_tickets:
            return self._of_tickets[0]
        return gettext("Read") if self._only_tells else str(self.get_state_display())

    @property
    def signal(self) -> str:
        if self._tells_tickets:
            return self._of_tickets[1]
        return "" if self._only_tells else SIGNALS[CheckState(self.state)]

    @property
    def tickets(self) -> list[str]:
        """The numbers that NOSSA told."""
        return list(self.measures.get("incidents") or ())

    @property
    def _tells_tickets(self) -> bool:
        return self.tool == "nossa" and self.state in BY_HAND

    @property
    def _of_tickets(self) -> tuple[str, str]:
        if self.by_id is None:
            return ticket_words(self.state, found=bool(self.tickets))
        state = CheckState(self.state)
        return str(BY_HAND[state]), "breach" if state == CheckState.FAULT else ""

    @property
    def _only_tells(self) -> bool:
        return self.tool in NO_VERDICT and self.state != CheckState.FAILED
