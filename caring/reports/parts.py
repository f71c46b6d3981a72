"""The columns of the daily report as reasons of the result tree: what is counted, and what stands behind a figure."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from caring.results.states import State
from caring.tree import TREE, Category, Reason, Status

if TYPE_CHECKING:
    from django.utils.functional import _StrOrPromise

_SILENT = {"rna": [Reason.RNA], "invalid": [Reason.INVALID, Reason.WRONG_NUMBER, Reason.FAX],
           "busy": [Reason.BUSY], "mailbox": [Reason.MAILBOX]}  # fmt: skip
_NAMED = {reason for reasons in _SILENT.values() for reason in reasons}
REASONS: Mapping[str, list[Reason]] = {
    **{
        part: [reason for reason, leaf in TREE.items() if leaf.category == category]
        for part, category in (
            ("agree", Category.AGREE), ("follow_up", Category.FOLLOW_UP), ("decline", Category.DECLINE),
        )
    },
    **_SILENT,
    "other": [reason for reason, leaf in TREE.items() if leaf.category == Category.NONE and reason not in _NAMED],
}  # fmt: skip
STANDING = ("agree", "follow_up", "decline")  # of these a superseded result is none
WORDS: Mapping[str, _StrOrPromise] = {
    "agree": _("Agree"), "follow_up": _("Follow up"), "decline": _("Decline"), "rna": _("Rings, no answer"),
    "invalid": _("Invalid number, wrong number, fax"), "busy": _("Busy"), "mailbox": _("Mailbox"), "other": _("Other"),
}  # fmt: skip
OF_RESULTS: Mapping[str, _StrOrPromise] = {"contacted": _("Contacted"), **WORDS}  # what a list of results is cut by
SHORT: Mapping[str, _StrOrPromise] = {**WORDS, "rna": "RNA", "invalid": _("Invalid")}  # heads of the columns


def where(part: str) -> Q:
    """The results that a column or a figure of the board counts; all of them where there is no such one."""
    if part == "contacted":
        return ~Q(status=Status.NOT_CONTACTED)
    if part not in REASONS:
        return Q()
    found = Q(reason__in=REASONS[part])
    return found & ~Q(state=State.SUPERSEDED) if part in STANDING else found
