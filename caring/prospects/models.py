"""What is kept of a call beside its result: scripts that were shown, and fault reports that were handed over."""

from __future__ import annotations

import pgtrigger
from django.conf import settings
from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from tenesa.knowledge.models import Version

APPEND_ONLY = pgtrigger.Protect(name="append_only", operation=pgtrigger.Update | pgtrigger.Delete)


class ScriptSeen(models.Model):
    """A version of a script that a person had open beside a prospect; `attempt` is the number of the call it was for
    (S-19, X-14). Once a call; PostgreSQL refuses to change or delete it."""

    prospect = models.ForeignKey("caring.Prospect", models.PROTECT, related_name="scripts_seen", db_index=False)
    attempt = models.PositiveSmallIntegerField(_("call"))
    version = models.ForeignKey(Version, models.PROTECT, related_name="+", verbose_name=_("script"), db_index=False)
    user = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", verbose_name=_("seen by"), db_index=False
    )
    at = models.DateTimeField(_("at"), default=timezone.now)

    class Meta:
        verbose_name = _("script shown")
        verbose_name_plural = _("scripts shown")
        ordering = ["pk"]
        constraints = [
            models.UniqueConstraint(fields=["prospect", "attempt", "version", "user"], name="script_seen_once_a_call")
        ]
        triggers = [APPEND_ONLY]

    def __str__(self) -> str:
        return f"{self.version}: {self.user} {self.at:%Y-%m-%d %H:%M}"


class FaultReport(models.Model):
    """A fault that a customer told of in a call, handed over to the desk that repairs (requirements 8, exceptions):
    the case there by procedure, row and number. Append-only."""

    prospect = models.ForeignKey("caring.Prospect", models.PROTECT, related_name="fault_reports", db_index=False)
    procedure = models.CharField(max_length=60)
    case_id = models.BigIntegerField()
    number = models.CharField(_("number"), max_length=20)
    by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", verbose_name=_("reported by"), db_index=False
    )
    at = models.DateTimeField(_("at"), default=timezone.now)

    class Meta:
        verbose_name = _("fault report")
        verbose_name_plural = _("fault reports")
        ordering = ["pk"]
        indexes = [models.Index(fields=["prospect", "id"], name="fault_report_of_prospect")]
        triggers = [APPEND_ONLY]

    def __str__(self) -> str:
        return self.number
