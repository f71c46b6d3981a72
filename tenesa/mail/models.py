"""What the mail platform keeps: mailboxes, raw bytes, the ledger of mail in, the outbox, the templates (X-04, X-07)."""

from __future__ import annotations

import hashlib
import uuid
import zlib
from collections.abc import Sequence
from datetime import datetime
from typing import Self

from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.contrib.postgres.indexes import BrinIndex
from django.db import models
from django.db.models import F, Q
from django.db.models.functions import Now
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from tenesa.accounts.models import Area, Desk
from tenesa.audit.models import Event
from tenesa.mail.address import domain_of
from tenesa.mail.folders import LedgerDay, MailFolder
from tenesa.mail.secrets import EncryptedField
from tenesa.mail.titles import title_of
from tenesa.mail.values import Kind, Party

__all__ = [
    "Blob",
    "CaseFile",
    "InboundAttachment",
    "InboundMail",
    "LedgerDay",
    "MailFolder",
    "MailTemplate",
    "Mailbox",
    "OutboundAttachment",
    "OutboundMail",
]


class Mailbox(models.Model):
    """An account that customers write to: its server and how we sign in. What is read of it are its `folders`.

    Flags on the server mean nothing to us and are never changed. Secrets are encrypted (`tenesa.mail.secrets`).
    """

    class Protocol(models.TextChoices):
        IMAP = "IMAP", "IMAP"
        POP3 = "POP3", "POP3"

    class SignIn(models.TextChoices):
        PASSWORD = "PASSWORD", _("Password")
        GOOGLE = "GOOGLE", "OAuth2: Google"
        MICROSOFT = "MICROSOFT", "OAuth2: Microsoft 365"

    address = models.EmailField(_("address"), unique=True)
    name = models.CharField(_("sender name"), max_length=80)
    desk = models.ForeignKey(Desk, models.PROTECT, verbose_name=_("desk"), related_name="+")
    area = models.ForeignKey(Area, models.PROTECT, verbose_name=_("area"), related_name="+", null=True, blank=True)
    procedure = models.CharField(_("procedure"), max_length=60, help_text=_("Whose cases this mailbox opens"))
    active = models.BooleanField(_("active"), default=True)
    auto_acknowledge = models.BooleanField(_("acknowledge automatically"), default=False)

    protocol = models.CharField(_("protocol"), max_length=4, choices=Protocol, default=Protocol.IMAP)
    imap_host = models.CharField(_("server for reading"), max_length=120)
    imap_port = models.PositiveIntegerField(_("port"), default=993)
    imap_ssl = models.BooleanField(_("over TLS"), default=True)
    username = models.CharField(_("user name"), max_length=120)
    sign_in = models.CharField(_("sign-in"), max_length=10, choices=SignIn, default=SignIn.PASSWORD)
    password = EncryptedField(_("password"), blank=True)
    oauth_client_id = models.CharField(_("OAuth2 client id"), max_length=200, blank=True)
    oauth_client_secret = EncryptedField(_("OAuth2 client secret"), blank=True)
    oauth_refresh_token = EncryptedField(_("OAuth2 refresh token"), blank=True)
    oauth_token_url = models.CharField(
        _("OAuth2 token address"),
        max_length=200,
        blank=True,
        help_text=_("Empty: the provider's own address for everybody"),
    )
    oauth_access_token = EncryptedField(blank=True, editable=False)
    oauth_valid_until = models.DateTimeField(null=True, editable=False)
    sent_folder = models.CharField(_("sent folder"), max_length=120, default="Sent")
    server_keeps_sent = models.BooleanField(
        _("server keeps sent mail"),
        default=False,
        help_text=_("The mail server itself puts accepted mail into the sent folder"),
    )
    smtp_url = EncryptedField(_("SMTP address"), blank=True, help_text=_("Empty: the server of the settings"))

    class Meta:
        verbose_name = _("mailbox")
        verbose_name_plural = _("mailboxes")
        ordering = ["address"]

    def __str__(self) -> str:
        return self.address

    @classmethod
    def of_desk(cls, desk_code: str) -> Mailbox | None:
        """One that the desk's mails leave by: its own, else the first of the house; None where there is none."""
        boxes = list(cls.objects.filter(active=True).order_by("pk"))
        return next((box for box in boxes if box.desk_id == desk_code), boxes[0] if boxes else None)

    @property
    def domain(self) -> str:
        return domain_of(self.address)

    @property
    def polled_at(self) -> datetime | None:
        """When any of its folders was last read."""
        return max((folder.polled_at for folder in self.folders.all() if folder.polled_at), default=None)

    @property
    def last_error(self) -> str:
        return "; ".join(f"{folder.name}: {folder.last_error}" for folder in self.folders.all() if folder.last_error)

    def folders_to_read(self) -> list[MailFolder]:
        """Its active folders; a mailbox for which nobody named a folder is read from its INBOX."""
        folders = list(self.folders.all())
        if not folders:
            folders = [MailFolder.objects.get_or_create(mailbox=self, name="INBOX")[0]]
        return [folder for folder in folders if folder.active]


class Blob(models.Model):
    """Bytes kept once, whoever refers to them: named by their SHA-256, compressed."""

    sha256 = models.CharField(max_length=64, primary_key=True)
    size = models.PositiveBigIntegerField()
    data = models.BinaryField()

    def __str__(self) -> str:
        return self.sha256

    @classmethod
    def of(cls, content: bytes) -> Self:
        """A row for the content, not saved; the level follows from how well its start shrinks."""
        sample = content[:4096]
        level = 1 if len(zlib.compress(sample, 1)) < len(sample) * 0.9 else 0
        return cls(sha256=hashlib.sha256(content).hexdigest(), size=len(content), data=zlib.compress(content, level))

    @classmethod
    def keep(cls, contents: Sequence[bytes]) -> list[Self]:
        """Store the contents that are not stored yet; one query, in key order so that two writers cannot deadlock."""
        blobs = [cls.of(content) for content in contents]
        once = {blob.sha256: blob for blob in blobs}
        cls.objects.bulk_create([once[name] for name in sorted(once)], ignore_conflicts=True)
        return blobs

    @property
    def content(self) -> bytes:
        return zlib.decompress(bytes(self.data))


class InboundMail(models.Model):
    """The ledger: one row a mail on the server, from the moment its bytes are safe; parsed columns follow.

    STORED: bytes safe, not yet filed. FILED: belongs to a case. DUPLICATE: filed before. IGNORED: a machine's mail
    that concerns no case. QUARANTINED: could not be filed; a person decides.
    """

    class Status(models.TextChoices):
        STORED = "STORED", _("Stored")
        FILED = "FILED", _("Filed")
        DUPLICATE = "DUPLICATE", _("Duplicate")
        IGNORED = "IGNORED", _("Ignored")
        QUARANTINED = "QUARANTINED", _("Quarantined")

    mailbox = models.ForeignKey(Mailbox, models.PROTECT, related_name="+")
    folder = models.CharField(max_length=120)
    uid_validity = models.BigIntegerField()
    uid = models.BigIntegerField()
    uidl = models.CharField(max_length=70, blank=True, db_default="", help_text="Its name on a POP3 server")
    blob = models.ForeignKey(Blob, models.PROTECT, related_name="+")
    whole_size = models.PositiveBigIntegerField(default=0, db_default=0, help_text="Of a mail whose beginning is kept")
    arrived_at = models.DateTimeField(default=timezone.now, db_default=Now(), help_text="By the server's clock")
    stored_at = models.DateTimeField(default=timezone.now)
    moved_at = models.DateTimeField(null=True)
    told_at = models.DateTimeField(null=True, help_text="When the sender of a too large mail was told")
    decided_at = models.DateTimeField(null=True)
    was = models.CharField(
        max_length=12, blank=True, default="", db_default="", help_text="Its status before a person filed it"
    )
    decided_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", null=True)
    status = models.CharField(max_length=12, choices=Status, default=Status.STORED)
    reason = models.TextField(blank=True)
    attempts = models.PositiveSmallIntegerField(default=0)
    nudged_at = models.DateTimeField(default=timezone.now)

    kind = models.CharField(max_length=12, choices=Kind, default=Kind.PERSON)
    looks_like = models.CharField(
        max_length=12, choices=Kind, default=Kind.PERSON, db_default=Kind.PERSON, help_text="By its words alone"
    )
    content_hash = models.CharField(max_length=64, blank=True, db_default="", editable=False)
    repeats = models.ForeignKey("self", models.SET_NULL, related_name="+", null=True, help_text="Of which it is a copy")
    message_id = models.CharField(max_length=250, blank=True)
    in_reply_to = models.CharField(max_length=250, blank=True)
    references = ArrayField(models.CharField(max_length=250), default=list)
    from_address = models.CharField(max_length=254, blank=True)
    from_name = models.CharField(max_length=200, blank=True)
    reply_to = models.CharField(max_length=254, blank=True)
    to = ArrayField(models.CharField(max_length=254), default=list)
    cc = ArrayField(models.CharField(max_length=254), default=list)
    subject = models.TextField(blank=True)
    text = models.TextField(blank=True)
    html = models.TextField(blank=True)
    sent_at = models.DateTimeField(null=True)
    extracted = models.JSONField(default=dict, db_column="found")
    authentication = models.JSONField(default=dict, help_text="What our server found out about the sender")
    procedure = models.CharField(max_length=60, blank=True)
    case_id = models.BigIntegerField(null=True)
    filed_by = models.CharField(max_length=200, blank=True, help_text="Why it belongs to this case")
    party = models.CharField(max_length=12, choices=Party, default=Party.CUSTOMER, db_default=Party.CUSTOMER)

    class Meta:
        verbose_name = _("received mail")
        verbose_name_plural = _("received mails")
        constraints = [
            models.UniqueConstraint(fields=["mailbox", "folder", "uid_validity", "uid"], name="inbound_one_per_uid"),
            models.UniqueConstraint(fields=["mailbox", "uidl"], condition=Q(uidl__gt=""), name="inbound_one_per_uidl"),
            models.UniqueConstraint(
                fields=["mailbox", "message_id"], condition=Q(status="FILED"), name="inbound_filed_once"
            ),
            models.UniqueConstraint(
                fields=["content_hash"],
                condition=Q(status="FILED", content_hash__gt=""),
                name="inbound_content_filed_once",
            ),
            models.CheckConstraint(
                condition=Q(status__in=["STORED", "FILED", "DUPLICATE", "IGNORED", "QUARANTINED"]),
                name="inbound_status_known",
            ),
            models.CheckConstraint(
                condition=~Q(status="FILED") | Q(case_id__isnull=False, message_id__gt=""),
                name="inbound_filed_has_case",
            ),
            models.CheckConstraint(
                condition=~Q(status__in=["IGNORED", "QUARANTINED"]) | Q(reason__gt=""),
                name="inbound_refused_has_reason",
            ),
            models.CheckConstraint(
                condition=Q(was="") | Q(was__in=["DUPLICATE", "IGNORED", "QUARANTINED"], status="FILED"),
                name="inbound_was_before_it_was_filed",
            ),
        ]
        indexes = [
            models.Index(fields=["procedure", "case_id", "id"], name="inbound_case"),
            models.Index(fields=["message_id"], name="inbound_message_id"),
            models.Index(fields=["in_reply_to"], condition=Q(in_reply_to__gt=""), name="inbound_answers"),
            models.Index(F("references__0"), name="inbound_thread_root"),
            models.Index(fields=["nudged_at"], condition=Q(status="STORED"), name="inbound_to_file"),
            models.Index(fields=["id"], condition=Q(status="QUARANTINED"), name="inbound_quarantine"),
            models.Index(fields=["-id"], condition=Q(status="IGNORED"), name="inbound_ignored"),
            models.Index(fields=["-id"], condition=Q(status="DUPLICATE"), name="inbound_duplicates"),
            models.Index(
                fields=["status", "stored_at"],
                condition=Q(status__in=["IGNORED", "DUPLICATE"], decided_by=None),
                name="inbound_aside_lately",
            ),
            models.Index(fields=["mailbox", "folder", "arrived_at"], name="inbound_by_day"),
            models.Index(fields=["from_address", "told_at"], condition=Q(told_at__isnull=False), name="inbound_told"),
        ]

    def __str__(self) -> str:
        return f"{self.from_address}: {self.subject[:60]}"

    @property
    def raw(self) -> bytes:
        return self.blob.content


class InboundAttachment(models.Model):
    """A part of a received mail that is not its own text. `name` is safe to show and to save under."""

    mail = models.ForeignKey(InboundMail, models.CASCADE, related_name="attachments")
    blob = models.ForeignKey(Blob, models.PROTECT, related_name="+")
    name = models.CharField(max_length=200)
    content_type = models.CharField(max_length=100)
    size = models.PositiveBigIntegerField()
    content_id = models.CharField(max_length=250, blank=True)
    inline = models.BooleanField(default=False)

    def __str__(self) -> str:
        return self.name


class OutboundMail(models.Model):
    """The outbox: a mail that a step decided on. Its Message-ID is fixed before the first attempt and never changes.

    `unsure` is True from the claim until the server's answer is known: such a mail is looked up in the sent folder
    before it is sent again. `handled_at` tells that the procedure has heard of the outcome. `scheduled` is True for a
    mail that a person wrote for a later hour. `settled_at` tells that a person dealt with a mail that did not arrive.
    """

    class Status(models.TextChoices):
        HELD = "HELD", _("Can be undone")
        WAITING = "WAITING", _("Waiting")
        SENDING = "SENDING", _("Being sent")
        SENT = "SENT", _("Accepted by the mail server")
        DEAD = "DEAD", _("Not delivered")
        CANCELLED = "CANCELLED", _("Cancelled")

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    procedure = models.CharField(max_length=60)
    case_id = models.BigIntegerField()
    event = models.ForeignKey(Event, models.PROTECT, related_name="+")
    mailbox = models.ForeignKey(Mailbox, models.PROTECT, related_name="+")
    purpose = models.SlugField(max_length=40)
    template = models.CharField(max_length=40)
    template_version = models.PositiveIntegerField()
    to = ArrayField(models.CharField(max_length=254))
    cc = ArrayField(models.CharField(max_length=254), default=list)
    subject = models.TextField()
    text = models.TextField()
    html = models.TextField(blank=True)
    body = models.TextField(blank=True, db_default="", help_text="What the person wrote, without the template around")
    formatted = models.BooleanField(
        default=False, db_default=False, help_text="Its body is Markdown; else it is plain text"
    )
    values = models.JSONField(default=dict, db_default={}, help_text="Of a scheduled mail: what its template was given")
    message_id = models.CharField(max_length=250, unique=True)
    in_reply_to = models.CharField(max_length=250, blank=True)
    references = ArrayField(models.CharField(max_length=250), default=list)
    forwards = models.ForeignKey(InboundMail, models.PROTECT, related_name="+", null=True)
    automatic = models.BooleanField(default=False)
    idempotency_key = models.CharField(max_length=200, unique=True)
    created_at = models.DateTimeField(default=timezone.now)
    status = models.CharField(max_length=10, choices=Status, default=Status.WAITING)
    send_after = models.DateTimeField(default=timezone.now)
    attempts = models.PositiveSmallIntegerField(default=0)
    unsure = models.BooleanField(default=False)
    nudged_at = models.DateTimeField(default=timezone.now, db_default=Now())
    claimed_at = models.DateTimeField(null=True)
    sent_at = models.DateTimeField(null=True)
    bounced_at = models.DateTimeField(null=True)
    handled_at = models.DateTimeField(null=True)
    settled_at = models.DateTimeField(null=True)
    scheduled = models.BooleanField(default=False, db_default=False)
    error = models.TextField(blank=True)

    class Meta:
        verbose_name = _("sent mail")
        verbose_name_plural = _("sent mails")
        constraints = [
            models.CheckConstraint(
                condition=Q(status__in=["HELD", "WAITING", "SENDING", "SENT", "DEAD", "CANCELLED"]),
                name="outbound_status_known",
            ),
            models.CheckConstraint(
                condition=~Q(status="SENT") | Q(sent_at__isnull=False), name="outbound_sent_has_time"
            ),
            models.CheckConstraint(condition=~Q(status="DEAD") | Q(error__gt=""), name="outbound_dead_has_reason"),
            models.CheckConstraint(
                condition=Q(to__len__gt=0) | Q(status__in=["DEAD", "CANCELLED"]), name="outbound_has_recipient"
            ),
        ]
        indexes = [
            models.Index(fields=["procedure", "case_id", "created_at"], name="outbound_case"),
            models.Index(fields=["in_reply_to"], condition=Q(in_reply_to__gt=""), name="outbound_answers"),
            models.Index(
                fields=["send_after"], condition=Q(status__in=["HELD", "WAITING", "SENDING"]), name="outbound_due"
            ),
            models.Index(
                fields=["created_at"],
                condition=Q(status__in=["SENT", "DEAD"], handled_at__isnull=True),
                name="outbound_to_tell",
            ),
            models.Index(fields=["created_at"], condition=Q(automatic=True), name="outbound_automatic"),
            models.Index(
                fields=["-created_at", "-id"],
                condition=Q(settled_at=None) & (Q(status="DEAD") | Q(status="SENT", bounced_at__isnull=False)),
                name="outbound_failed",
            ),
            BrinIndex(fields=["created_at"], name="outbound_when"),
        ]

    def __str__(self) -> str:
        return f"{self.template_title} → {', '.join(self.to)}: {self.get_status_display()}"

    @property
    def template_title(self) -> str:
        return title_of(self.template)

    @property
    def can_be_undone(self) -> bool:
        return self.status == self.Status.HELD

    @property
    def settled(self) -> bool:
        """True once nothing more will happen to it by itself."""
        return self.status in {self.Status.SENT, self.Status.DEAD, self.Status.CANCELLED}

    @property
    def failed(self) -> bool:
        """It did not arrive, and nobody has dealt with that yet."""
        return self.settled_at is None and (self.status == self.Status.DEAD or self.bounced_at is not None)


# The same of many: refused for good or bounced, and nobody has dealt with it.
FAILED = models.Q(settled_at=None) & (
    models.Q(status=OutboundMail.Status.DEAD) | models.Q(status=OutboundMail.Status.SENT, bounced_at__isnull=False)
)


class OutboundAttachment(models.Model):
    mail = models.ForeignKey(OutboundMail, models.CASCADE, related_name="attachments")
    blob = models.ForeignKey(Blob, models.PROTECT, related_name="+")
    name = models.CharField(max_length=200)
    content_type = models.CharField(max_length=100)
    content_id = models.CharField(
        max_length=200, blank=True, default="", db_default="", help_text="Of a picture that stands in the text"
    )

    def __str__(self) -> str:
        return self.name


class CaseFile(models.Model):
    """A file that was handed in with a step of a case, such as a unit's evidence; scanned like an attachment."""

    procedure = models.CharField(max_length=60)
    case_id = models.BigIntegerField()
    blob = models.ForeignKey(Blob, models.PROTECT, related_name="+")
    name = models.CharField(max_length=200)
    at = models.DateTimeField(default=timezone.now)

    class Meta:
        indexes = [models.Index(fields=["procedure", "case_id", "id"], name="case_files")]

    def __str__(self) -> str:
        return self.name


class PicturesShown(models.Model):
    """A person asked for the pictures that a mail fetches from other servers; nobody else's view changes."""

    mail = models.ForeignKey(InboundMail, models.CASCADE, related_name="+")
    user = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="+")
    at = models.DateTimeField(default=timezone.now)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["mail", "user"], name="pictures_shown_once")]

    def __str__(self) -> str:
        return f"{self.user_id}: {self.mail_id}"


class Scan(models.Model):
    """What the virus scanner said of these bytes; no row: not scanned."""

    blob = models.OneToOneField(Blob, models.CASCADE, primary_key=True, related_name="+")
    threat = models.CharField(max_length=200, blank=True)
    at = models.DateTimeField(default=timezone.now)

    def __str__(self) -> str:
        return self.threat or "clean"

    @property
    def infected(self) -> bool:
        return bool(self.threat)


class MailTemplate(models.Model):
    """A version of a customer mail written by a person; the newest wins, the shipped file is version 0 (X-07)."""

    name = models.SlugField(_("name"), max_length=40)
    version = models.PositiveIntegerField(_("version"), editable=False)
    subject = models.CharField(_("subject"), max_length=200)
    body = models.TextField(_("text"))
    note = models.CharField(_("what was changed and why"), max_length=200, blank=True)
    created_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", editable=False)
    created_at = models.DateTimeField(default=timezone.now, editable=False)

    class Meta:
        verbose_name = _("mail template")
        verbose_name_plural = _("mail templates")
        ordering = ["name", "-version"]
        constraints = [
            models.UniqueConstraint(fields=["name", "version"], name="template_one_per_version"),
            models.CheckConstraint(condition=Q(version__gte=1), name="template_version_from_one"),
        ]

    def __str__(self) -> str:
        return f"{title_of(self.name)} v{self.version}"
