"""The mirror of NOSSA's incidents: as last read, their status history, and how far the feed was read (S-06, S-10)."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from tenesa.systems.operations import REPAIRED

if TYPE_CHECKING:
    from django.db.models.fields.related_descriptors import RelatedManager

# Status words of NOSSA and what a customer is told (requirements 2.4)
STATUS_WORDS = {
    "NEW": "laporan sudah diterima",
    "DRAFT": "laporan sudah diterima",
    "QUEUED": "dalam analisis gangguan",
    "ANALYSIS": "dalam analisis gangguan",
    "BACKEND": "dalam penanganan gangguan",
    "INPROG": "dalam penanganan gangguan",
    "WAIT": "dalam penanganan gangguan",
    "PENDING": "ditunda sementara sesuai kesepakatan",
    "SLAHOLD": "ditunda sementara sesuai kesepakatan",
    "FINALCHECK": "penanganan selesai, dalam pemeriksaan akhir",
    "RESOLVED": "penanganan selesai, dalam pemeriksaan akhir",
    "MEDIACARE": "penanganan selesai, menunggu konfirmasi",
    "SALAMSIM": "penanganan selesai, menunggu konfirmasi",
    "CLOSED": "selesai",
}


class Incident(models.Model):
    """Our copy of a NOSSA ticket as last read; NOSSA is the master (S-06, S-10)."""

    number = models.CharField(_("ticket number"), max_length=20, unique=True)
    product_id = models.CharField(_("product id"), max_length=30, blank=True, db_index=True)
    status = models.CharField(_("status"), max_length=20, blank=True)
    parent = models.CharField(_("parent ticket"), max_length=20, blank=True, default="", db_default="")  # GAMAS
    summary = models.CharField(max_length=300, blank=True)
    cause = models.TextField(blank=True)
    solution = models.TextField(blank=True)
    facts = models.JSONField(default=dict)
    worklogs = models.JSONField(default=list)
    read_at = models.DateTimeField(default=timezone.now)
    history: RelatedManager[IncidentStatus]

    class Meta:
        db_table = "tickets_incident"
        indexes = [models.Index(fields=["parent"], condition=~Q(parent=""), name="incident_parent")]
        verbose_name = _("incident")
        verbose_name_plural = _("incidents")

    def __str__(self) -> str:
        return self.number

    @property
    def is_open(self) -> bool:
        return self.status not in REPAIRED

    @property
    def status_words(self) -> str:
        return STATUS_WORDS.get(self.status, "dalam penanganan")


class IncidentStatus(models.Model):
    """NOSSA's status of an incident from a moment on, as the feed or a reading told it: a repair time's evidence."""

    incident = models.ForeignKey(Incident, models.CASCADE, related_name="history")
    status = models.CharField(max_length=20)
    at = models.DateTimeField()

    class Meta:
        db_table = "tickets_incidentstatus"  # where it stood before it had a room
        ordering = ["at", "id"]
        constraints = [models.UniqueConstraint(fields=["incident", "at", "status"], name="incident_status_once")]

    def __str__(self) -> str:
        return f"{self.status} {self.at:%Y-%m-%d %H:%M}"


class NossaFeed(models.Model):
    """How far NOSSA's status feed has been read: one row (S-10)."""

    id = models.PositiveSmallIntegerField(primary_key=True, default=1)
    last_change = models.BigIntegerField(default=0)
    read_at = models.DateTimeField(null=True)

    class Meta:
        db_table = "tickets_nossafeed"
        constraints = [models.CheckConstraint(condition=Q(id=1), name="feed_one_row")]

    def __str__(self) -> str:
        return f"change {self.last_change}"
