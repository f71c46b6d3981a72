"""The tree of results: status → category → reason, and what each reason asks for (requirements 2.6; P-01 5.3, step 6).

`REMOTE` are the words that MyCX and TAMARA use. They are no part of our columns: a later version of a remote tree
changes this table alone.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from django.db.models import TextChoices
from django.utils.translation import gettext_lazy as _


class Status(TextChoices):
    CONTACTED = "CONTACTED", _("Contacted")
    NOT_CONTACTED = "NOT_CONTACTED", _("Not contacted")
    FOLLOW_UP = "FOLLOW_UP", _("Follow up")


class Category(TextChoices):
    AGREE = "AGREE", _("Agree")
    FOLLOW_UP = "FOLLOW_UP", _("Follow up")
    DECLINE = "DECLINE", _("Decline")
    NONE = "NONE", _("None")


class Reason(TextChoices):
    # agree
    KEEPS = "KEEPS", _("Keeps the package")
    SUBSCRIBES = "SUBSCRIBES", _("Wants to subscribe again")
    # follow up
    CALL_BACK = "CALL_BACK", _("Asks to be called back")
    PAYS_ON = "PAYS_ON", _("Says when they will decide")
    TOLD_PAID = "TOLD_PAID", _("Says it is paid")
    # decline
    EXPENSIVE = "EXPENSIVE", _("Too expensive")
    FAULT = "FAULT", _("Service fault")
    BILL_JUMP = "BILL_JUMP", _("Bill jumped")
    SAVING = "SAVING", _("Is saving money")
    COMPETITOR = "COMPETITOR", _("Moved to a competitor")
    NOT_USED = "NOT_USED", _("Not used")
    NO_MONEY = "NO_MONEY", _("Has no money")
    MOVED = "MOVED", _("Moved house")
    TERMINATES = "TERMINATES", _("Wants to terminate")
    COMPLAINT = "COMPLAINT", _("Hard complaint")
    DECEASED = "DECEASED", _("Customer is deceased")
    # not contacted
    RNA = "RNA", _("Rings, no answer")
    BUSY = "BUSY", _("Line busy")
    INVALID = "INVALID", _("Invalid number")
    WRONG_NUMBER = "WRONG_NUMBER", _("Wrong number")
    MAILBOX = "MAILBOX", _("Mailbox")
    REJECTED = "REJECTED", _("Call rejected")
    FAX = "FAX", _("Fax or modem")
    THIRD_PARTY = "THIRD_PARTY", _("Somebody else answered")
    OTHER = "OTHER", _("Other")


@dataclass(frozen=True)
class Leaf:
    """`contact` is the result in the log of attempts, `needs` the fields that the form asks for beyond the reason."""

    status: Status
    category: Category
    contact: str
    needs: tuple[str, ...] = ()


_AGREE = Leaf(
    Status.CONTACTED, Category.AGREE, "CONNECTED", ("amount_told", "willing", "offer", "promised_on", "recording")
)
_FOLLOW = Leaf(Status.FOLLOW_UP, Category.FOLLOW_UP, "CONNECTED", ("call_at",))
_DECLINE = Leaf(Status.CONTACTED, Category.DECLINE, "CONNECTED", ("script_read",))

_DECLINED = [
    Reason.EXPENSIVE, Reason.BILL_JUMP, Reason.SAVING, Reason.COMPETITOR, Reason.NOT_USED, Reason.NO_MONEY,
    Reason.MOVED,
]  # fmt: skip
_UNREACHED = {
    Reason.RNA: "NO_ANSWER", Reason.BUSY: "BUSY", Reason.INVALID: "INVALID", Reason.WRONG_NUMBER: "WRONG_NUMBER",
    Reason.MAILBOX: "MAILBOX", Reason.REJECTED: "REJECTED", Reason.FAX: "FAX", Reason.THIRD_PARTY: "WRONG_PERSON",
    Reason.OTHER: "NO_ANSWER",
}  # fmt: skip
TREE: dict[Reason, Leaf] = {
    Reason.KEEPS: _AGREE,
    Reason.SUBSCRIBES: _AGREE,
    Reason.CALL_BACK: _FOLLOW,
    Reason.PAYS_ON: _FOLLOW,
    Reason.TOLD_PAID: Leaf(Status.CONTACTED, Category.FOLLOW_UP, "CONNECTED"),
    **dict.fromkeys(_DECLINED, _DECLINE),
    Reason.FAULT: Leaf(Status.CONTACTED, Category.DECLINE, "CONNECTED", ("note",)),
    Reason.TERMINATES: Leaf(Status.CONTACTED, Category.DECLINE, "CONNECTED", ("note",)),
    Reason.COMPLAINT: Leaf(Status.CONTACTED, Category.DECLINE, "CONNECTED", ("note",)),
    Reason.DECEASED: Leaf(Status.CONTACTED, Category.DECLINE, "CONNECTED", ("note",)),
    **{reason: Leaf(Status.NOT_CONTACTED, Category.NONE, contact) for reason, contact in _UNREACHED.items()},
}

REMOTE_STATUS = {
    Status.CONTACTED: "Contacted", Status.NOT_CONTACTED: "Not Contacted", Status.FOLLOW_UP: "Follow Up Recall",
}  # fmt: skip
REMOTE_ENTRY = {"NEW": "New", "RECALL": "Recall"}
REMOTE_CATEGORY = {
    Category.AGREE: "Agree", Category.FOLLOW_UP: "Follow Up", Category.DECLINE: "Decline", Category.NONE: "",
}  # fmt: skip


def reasons_of(category: Category) -> list[tuple[str, str]]:
    """The choices of a form, in the order of the tree."""
    return [(one.value, str(one.label)) for one in _of(category)]


def _of(category: Category) -> Iterator[Reason]:
    return (reason for reason, leaf in TREE.items() if leaf.category == category)


def fits(status: str, category: str, reason: str) -> bool:
    """Whether the three belong together in the tree."""
    leaf = TREE.get(Reason(reason)) if reason in Reason.values else None
    return leaf is not None and (leaf.status, leaf.category) == (status, category)
