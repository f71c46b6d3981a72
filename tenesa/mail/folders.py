"""What is read of a mailbox: its folders with their cursors, and the recorded counts of the ledger."""

from __future__ import annotations

from django.contrib.postgres.fields import ArrayField
from django.core.exceptions import ValidationError
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext as _now
from django.utils.translation import gettext_lazy as _


class MailFolder(models.Model):
    """A folder that is read, and how far: the cursor is (uid_validity, last_uid).

    POP3 has one folder, no UIDs and no UIDVALIDITY: there `last_uid` is our own running number, and what was read is
    known by its UIDL in the ledger.
    """

    mailbox = models.ForeignKey("mail.Mailbox", models.CASCADE, related_name="folders", verbose_name=_("mailbox"))
    name = models.CharField(_("folder"), max_length=120, default="INBOX")
    active = models.BooleanField(_("active"), default=True)
    move_to = models.CharField(
        _("move to"),
        max_length=120,
        blank=True,
        help_text=_("Folder of the server into which a mail is moved after it was filed; empty: it stays"),
    )
    uid_validity = models.BigIntegerField(null=True, editable=False)
    last_uid = models.BigIntegerField(default=0, editable=False)
    polled_at = models.DateTimeField(_("last read"), null=True, editable=False)
    next_poll_at = models.DateTimeField(null=True, editable=False)
    failures = models.PositiveIntegerField(default=0, editable=False)
    last_error = models.TextField(_("last error"), blank=True, editable=False)

    class Meta:
        verbose_name = _("folder")
        verbose_name_plural = _("folders")
        ordering = ["mailbox", "name"]
        constraints = [
            models.UniqueConstraint(fields=["mailbox", "name"], name="folder_once"),
            models.CheckConstraint(condition=~Q(move_to=models.F("name")), name="folder_moves_elsewhere"),
        ]

    def __str__(self) -> str:
        return f"{self.mailbox}/{self.name}"

    def clean(self) -> None:
        """A mail moved into a folder that is read would be read again."""
        if self.move_to and MailFolder.objects.filter(mailbox=self.mailbox_id, name=self.move_to).exists():
            raise ValidationError({"move_to": _now("This folder is read itself.")})


class LedgerDay(models.Model):
    """What was counted when the server was last asked, of the mails that arrived on one day.

    on_server + gone = waiting + filed + duplicate + ignored + quarantined + stored + missing. Of the filed ones
    `by_person` had ended without a case until a person made one of them. `gone` are ledger rows
    that the server does not list any more (moved or deleted by somebody), `waiting` came after our last reading, and
    `missing` names what the server has and the ledger should have: it is empty, or something is badly wrong.
    """

    mailbox = models.ForeignKey("mail.Mailbox", models.CASCADE, related_name="+")
    folder = models.CharField(max_length=120)
    day = models.DateField()
    on_server = models.PositiveIntegerField(default=0)
    gone = models.PositiveIntegerField(default=0)
    waiting = models.PositiveIntegerField(default=0)
    filed = models.PositiveIntegerField(default=0)
    by_person = models.PositiveIntegerField(default=0, db_default=0)
    duplicate = models.PositiveIntegerField(default=0)
    ignored = models.PositiveIntegerField(default=0)
    quarantined = models.PositiveIntegerField(default=0)
    stored = models.PositiveIntegerField(default=0)
    missing = ArrayField(models.CharField(max_length=70), default=list)
    checked_at = models.DateTimeField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["mailbox", "folder", "day"], name="ledger_once_a_day")]
        ordering = ["-day", "mailbox", "folder"]

    def __str__(self) -> str:
        return f"{self.mailbox}/{self.folder} {self.day}: {self.difference}"

    @property
    def settled(self) -> int:
        return self.filed + self.duplicate + self.ignored + self.quarantined

    @property
    def not_filed(self) -> int:
        return self.stored + self.waiting

    @property
    def difference(self) -> int:
        """What the server has more than we can account for; from the counts, not from the list of the missing."""
        return self.on_server + self.gone - self.waiting - self.settled - self.stored
