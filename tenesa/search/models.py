"""The index of what stands in the cases, and the queue of cases that changed. Both can be made anew from the rest."""

from __future__ import annotations

from django.contrib.postgres.indexes import GinIndex, OpClass
from django.contrib.postgres.search import SearchVectorField
from django.db import models

from tenesa.accounts.models import Area, Desk


class Document(models.Model):
    """What one case is found by. `words` holds exact numbers and addresses, words, and their stems in two languages;
    `grams` the numbers, names, addresses and subjects of which a part may be asked for. `at` is when the case had
    changed last as its words changed. `digest` tells whether there is anything to write.
    """

    procedure = models.CharField(max_length=60)
    case_id = models.BigIntegerField()
    desk = models.ForeignKey(Desk, models.CASCADE, related_name="+", db_index=False)
    area = models.ForeignKey(Area, models.CASCADE, related_name="+", null=True, db_index=False)
    at = models.DateTimeField()
    words = SearchVectorField()
    grams = models.TextField()
    digest = models.CharField(max_length=32)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["procedure", "case_id"], name="search_one_per_case")]
        indexes = [
            GinIndex(fields=["words"], name="search_words"),
            GinIndex(OpClass("grams", "gin_trgm_ops"), name="search_grams"),
            models.Index(fields=["procedure", "desk", "-at", "-id"], name="search_newest"),
        ]

    def __str__(self) -> str:
        return f"{self.procedure} {self.case_id}"


class Change(models.Model):
    """A case whose words may have changed; written by the database itself with the event or the mail that did it."""

    procedure = models.CharField(max_length=60)
    case_id = models.BigIntegerField()

    def __str__(self) -> str:
        return f"{self.procedure} {self.case_id}"
