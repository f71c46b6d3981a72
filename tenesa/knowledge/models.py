"""Articles and scripts in versions, and the product catalogue. A version's text is never changed: what an agent read
stays known."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pgtrigger
from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.contrib.postgres.indexes import GinIndex
from django.contrib.postgres.search import SearchVector, SearchVectorField
from django.db import models
from django.db.models import F, Q
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

if TYPE_CHECKING:
    from django.db.models.fields.related_descriptors import RelatedManager

LANGUAGE = "indonesian"


class Article(models.Model):
    """One item under its path ("Script Handling 147/Way Out"). People read the published version; drafts wait."""

    versions: RelatedManager[Version]

    class Kind(models.TextChoices):
        SCRIPT = "SCRIPT", _("Script")
        ARTICLE = "ARTICLE", _("Article")
        TIP = "TIP", _("Product tip")

    slug = models.SlugField(_("address"), max_length=80, unique=True)
    kind = models.CharField(_("kind"), max_length=8, choices=Kind, default=Kind.ARTICLE)
    path = models.CharField(_("path"), max_length=160, help_text=_("Categories from the top, divided by “/”."))
    products = ArrayField(models.CharField(max_length=12), verbose_name=_("products"), default=list, blank=True)
    symptoms = ArrayField(models.CharField(max_length=20), verbose_name=_("symptoms"), default=list, blank=True)
    segments = ArrayField(models.CharField(max_length=8), verbose_name=_("segments"), default=list, blank=True)
    published = models.OneToOneField(
        "knowledge.Version", models.PROTECT, verbose_name=_("published"), related_name="+", null=True, editable=False
    )

    class Meta:
        verbose_name = _("article")
        verbose_name_plural = _("articles")
        ordering = ["path", "slug"]
        indexes = [
            GinIndex(fields=["products"], name="article_products"),
            GinIndex(fields=["symptoms"], name="article_symptoms"),
        ]

    def __str__(self) -> str:
        return self.published.title if self.published else self.slug

    def get_absolute_url(self) -> str:
        page = "script" if self.kind == self.Kind.SCRIPT else "article"
        return reverse(f"knowledge:{page}", args=[self.slug])


class Version(models.Model):
    """A text of an article, in Markdown. Of a script it is published by another person than its author (`four_eyes`).

    A draft waits until it is published or closed: taken back, turned back, or replaced by a later one.
    """

    article = models.ForeignKey(Article, models.PROTECT, related_name="versions", verbose_name=_("article"))
    number = models.PositiveIntegerField(_("version"), editable=False)
    title = models.CharField(_("title"), max_length=160)
    body = models.TextField(_("text"), help_text=_("Markdown; HTML is shown as it is written."))
    note = models.CharField(_("what was changed and why"), max_length=200, blank=True)
    draft = models.BooleanField(_("draft"), default=False)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", null=True, editable=False)
    at = models.DateTimeField(default=timezone.now, editable=False)
    four_eyes = models.BooleanField(default=False, editable=False)
    material = models.BooleanField(
        _("material change"), default=False, help_text=_("Every agent of its roles must read it and confirm that.")
    )
    source_version = models.CharField(max_length=40, blank=True, editable=False, help_text="Of My Kiss")
    approved_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", null=True, editable=False
    )
    approved_at = models.DateTimeField(null=True, editable=False)
    closed_at = models.DateTimeField(null=True, editable=False)
    closed_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", null=True, editable=False)
    closed_note = models.CharField(max_length=400, blank=True, editable=False)
    words = models.GeneratedField(
        expression=SearchVector("title", weight="A", config=LANGUAGE)
        + SearchVector("body", weight="B", config=LANGUAGE),
        output_field=SearchVectorField(),
        db_persist=True,
    )

    class Meta:
        verbose_name = _("version")
        verbose_name_plural = _("versions")
        ordering = ["article", "-number"]
        constraints = [
            models.UniqueConstraint(fields=["article", "number"], name="article_version_once"),
            models.CheckConstraint(condition=Q(number__gte=1), name="article_version_from_one"),
            models.CheckConstraint(
                condition=Q(approved_by=None) | Q(by=None) | ~Q(approved_by=F("by")), name="version_approved_by_another"
            ),
            models.CheckConstraint(
                condition=Q(four_eyes=False) | Q(draft=True) | Q(approved_by__isnull=False),
                name="version_four_eyes",
            ),
            models.CheckConstraint(
                condition=Q(approved_by=None, approved_at=None)
                | Q(approved_by__isnull=False, approved_at__isnull=False, draft=False),
                name="version_approved_when",
            ),
            models.CheckConstraint(condition=Q(closed_at=None) | Q(draft=True), name="version_closed_is_draft"),
            models.UniqueConstraint(
                fields=["article", "by"],
                condition=Q(four_eyes=True, draft=True, closed_at=None),
                nulls_distinct=False,
                name="version_one_draft_an_author",
            ),
        ]
        indexes = [
            GinIndex(fields=["words"], name="article_words"),
            models.Index(
                fields=["article", "-number"],
                condition=Q(four_eyes=True, draft=True, closed_at=None),
                name="version_waits",
            ),
            models.Index(
                fields=["article", "-number"], condition=Q(draft=False, material=True), name="version_material"
            ),
        ]
        triggers = [
            pgtrigger.ReadOnly(
                name="text_stays",
                fields=["article", "number", "title", "body", "by", "at", "four_eyes", "source_version"],
            ),
            pgtrigger.Protect(
                name="published_stays", operation=pgtrigger.Update, condition=pgtrigger.Q(old__draft=False)
            ),
            pgtrigger.Protect(name="never_deleted", operation=pgtrigger.Delete),
        ]

    def __str__(self) -> str:
        return f"{self.title} v{self.number}"

    @property
    def waits(self) -> bool:
        """Whether it is a draft on which nobody has decided."""
        return self.draft and self.closed_at is None


class Script(models.Model):
    """What makes an article a script: its place in My Kiss, and the roles that read it aloud (X-14, S-19).

    `mirrored` scripts are copies of My Kiss: `checked_at` is when they were last compared with it, `gone_at` since when
    it has them no more, `source_version` its newest version that is known here, `matches` the one that is published.
    """

    article = models.OneToOneField(Article, models.PROTECT, primary_key=True, related_name="script")
    path = models.CharField(_("path in My Kiss"), max_length=200, unique=True)
    readers = ArrayField(models.CharField(max_length=20), verbose_name=_("read by"), default=list, blank=True)
    mirrored = models.BooleanField(default=False)
    source_version = models.CharField(max_length=40, blank=True)
    matches = models.CharField(max_length=40, blank=True)
    checked_at = models.DateTimeField(null=True)
    gone_at = models.DateTimeField(null=True)

    class Meta:
        verbose_name = _("script")
        verbose_name_plural = _("scripts")
        ordering = ["path"]
        constraints = [
            models.CheckConstraint(condition=~Q(path=""), name="script_has_path"),
            models.CheckConstraint(
                condition=Q(mirrored=True) | Q(checked_at=None, gone_at=None), name="script_own_or_copy"
            ),
        ]

    def __str__(self) -> str:
        return self.path


class Reading(models.Model):
    """A person read a version of a script and confirmed it; the time between is how long it lay open."""

    version = models.ForeignKey(Version, models.PROTECT, related_name="readings")
    user = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    opened_at = models.DateTimeField()
    confirmed_at = models.DateTimeField(default=timezone.now)

    class Meta:
        verbose_name = _("reading")
        verbose_name_plural = _("readings")
        constraints = [
            models.UniqueConstraint(fields=["version", "user"], name="reading_once"),
            models.CheckConstraint(condition=Q(confirmed_at__gte=F("opened_at")), name="reading_opened_first"),
        ]
        indexes = [models.Index(fields=["user", "version"], name="reading_of_user")]
        triggers = [pgtrigger.Protect(name="append_only", operation=pgtrigger.Update | pgtrigger.Delete)]

    def __str__(self) -> str:
        return f"{self.user}: {self.version}"


class Product(models.Model):
    """A product that may be named beside the one a customer asked about (P-05 5.5)."""

    code = models.SlugField(_("code"), max_length=40, unique=True)
    name = models.CharField(_("name"), max_length=80, unique=True)
    family = models.CharField(_("family"), max_length=12, help_text=_("DATA, INTERNET, TELEPHONE or OTHER"))
    pitch = models.CharField(_("in one line"), max_length=200)
    related = models.ManyToManyField("self", verbose_name=_("related"), blank=True)
    active = models.BooleanField(_("offered"), default=True)

    class Meta:
        verbose_name = _("product")
        verbose_name_plural = _("product catalogue")
        ordering = ["family", "name"]
        indexes = [models.Index(fields=["family", "name"], name="product_family")]

    def __str__(self) -> str:
        return self.name


class Snippet(models.Model):
    """Words used again and again: a desk's, kept by its leaders, or one person's own. Placeholders are filled."""

    class Language(models.TextChoices):
        ID = "id", _("Indonesian")
        EN = "en", _("English")

    shortcut = models.SlugField(_("shortcut"), max_length=30, help_text=_("Typed after “;” in a mail."))
    title = models.CharField(_("title"), max_length=80)
    body = models.TextField(_("text"), max_length=4_000)
    language = models.CharField(_("language"), max_length=2, choices=Language, default=Language.ID)
    desk = models.ForeignKey(
        "accounts.Desk", models.CASCADE, verbose_name=_("desk"), related_name="+", null=True, blank=True
    )
    owner = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.CASCADE, verbose_name=_("person"), related_name="+", null=True, blank=True
    )
    changed_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", null=True, editable=False
    )
    changed_at = models.DateTimeField(auto_now=True)

    class Meta:
        verbose_name = _("snippet")
        verbose_name_plural = _("snippets")
        ordering = ["shortcut", "pk"]
        constraints = [
            models.CheckConstraint(
                condition=Q(desk=None, owner__isnull=False) | Q(desk__isnull=False, owner=None),
                name="snippet_of_desk_or_person",
            ),
            models.CheckConstraint(condition=Q(language__in=["id", "en"]), name="snippet_language_known"),
            models.UniqueConstraint(fields=["desk", "shortcut"], name="snippet_once_a_desk"),
            models.UniqueConstraint(fields=["owner", "shortcut"], name="snippet_once_a_person"),
        ]

    def __str__(self) -> str:
        return f";{self.shortcut} {self.title}"
