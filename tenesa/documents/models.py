"""Which documents are in force, in which revision, and what their words mean."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

if TYPE_CHECKING:
    from django.db.models.fields.related_descriptors import RelatedManager


class Document(models.Model):
    """One controlled document. `short` is how clauses name it ("W-05"); one that was not supplied is only named."""

    revisions: RelatedManager[Revision]
    clauses: RelatedManager[Clause]

    class Kind(models.TextChoices):
        PROCEDURE = "P", _("Procedure")
        INSTRUCTION = "W", _("Work instruction")
        FORM = "F", _("Form")

    code = models.CharField(_("code"), max_length=40, unique=True)
    short = models.CharField(_("short name"), max_length=40)
    title = models.CharField(_("title"), max_length=200)
    kind = models.CharField(_("kind"), max_length=1, choices=Kind)
    supplied = models.BooleanField(_("supplied"), default=False)
    cited_by = models.CharField(_("cited by"), max_length=60, blank=True)
    note = models.TextField(_("note"), blank=True)

    class Meta:
        verbose_name = _("document")
        verbose_name_plural = _("documents")
        ordering = ["-supplied", "code"]
        constraints = [
            models.CheckConstraint(condition=Q(supplied=True) | ~Q(cited_by=""), name="document_cited_or_supplied"),
        ]

    def __str__(self) -> str:
        return self.code

    @property
    def current(self) -> Revision | None:
        """The newest of the revisions, which are read in their order."""
        return next(iter(reversed(self.revisions.all())), None)


class Revision(models.Model):
    """A revision with its dates and whom it went to. Kept for good: an old case was worked by the one of its day."""

    document = models.ForeignKey(Document, models.PROTECT, related_name="revisions", verbose_name=_("document"))
    number = models.CharField(_("revision"), max_length=6)
    effective_on = models.DateField(_("in force since"), null=True, blank=True)
    revised_on = models.DateField(_("revised on"), null=True, blank=True)
    level = models.CharField(_("level"), max_length=20, blank=True)
    units = ArrayField(models.CharField(max_length=6), verbose_name=_("units"), default=list, blank=True)
    areas = ArrayField(models.CharField(max_length=3), verbose_name=_("areas"), default=list, blank=True)
    signed = models.CharField(_("made, checked, approved"), max_length=200, blank=True)
    changes = models.TextField(_("what changed"), blank=True)

    class Meta:
        verbose_name = _("revision")
        verbose_name_plural = _("revisions")
        ordering = ["document", "number"]
        constraints = [models.UniqueConstraint(fields=["document", "number"], name="revision_once")]

    def __str__(self) -> str:
        return f"{self.document} rev {self.number}"


class Clause(models.Model):
    """A numbered clause in short words; `met_by` says what fulfils it where no step does (X-18)."""

    document = models.ForeignKey(Document, models.CASCADE, related_name="clauses", verbose_name=_("document"))
    number = models.CharField(_("clause"), max_length=12)
    place = models.PositiveSmallIntegerField(_("place"), default=0)
    text = models.CharField(_("in short"), max_length=300)
    met_by = models.CharField(_("fulfilled by"), max_length=160, blank=True)
    shown = models.BooleanField(_("shown, not executed"), default=False)

    class Meta:
        verbose_name = _("clause")
        verbose_name_plural = _("clauses")
        ordering = ["document", "place", "number"]
        constraints = [models.UniqueConstraint(fields=["document", "number"], name="clause_once")]

    def __str__(self) -> str:
        return f"{self.document.short} {self.number}"


class Term(models.Model):
    """A word of the documents and what it means, in our words."""

    word = models.CharField(_("word"), max_length=60)
    long = models.CharField(_("in full"), max_length=160, blank=True)
    meaning = models.TextField(_("meaning"))
    clauses = ArrayField(models.CharField(max_length=20), verbose_name=_("clauses"), default=list)

    class Meta:
        verbose_name = _("term")
        verbose_name_plural = _("glossary")
        ordering = ["word"]
        constraints = [models.UniqueConstraint(fields=["word"], name="term_once")]

    def __str__(self) -> str:
        return self.word
