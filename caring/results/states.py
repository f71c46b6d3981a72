"""Words of a result: states, how it came in, what a draft waits for, clocks."""

from __future__ import annotations

from datetime import timedelta

from django.db.models import TextChoices
from django.utils.translation import gettext_lazy as _

from tenesa.timers.targets import Default


class State(TextChoices):
    """Requirements 8, sheet E."""

    DRAFT = "DRAFT", _("Draft")
    ENTERING = "ENTERING", _("Being entered")
    ENTERED = "ENTERED", _("Entered")
    QC_QUEUED = "QC_QUEUED", _("Waits for QC")
    QC_CLAIMED = "QC_CLAIMED", _("At QC")
    APPROVED = "APPROVED", _("Approved")
    RETURNED = "RETURNED", _("Returned by QC")
    RECALL = "RECALL", _("To be called again")
    SUPERSEDED = "SUPERSEDED", _("Superseded")
    TL_MISMATCH = "TL_MISMATCH", _("Differs between the applications")
    REINPUT = "REINPUT", _("To be entered again")
    FINAL = "FINAL", _("Final")


ALL = tuple(State)
ENDED = (State.SUPERSEDED, State.FINAL)
OF_QC = (State.QC_QUEUED, State.QC_CLAIMED)
OF_LEADER = (State.DRAFT, State.RETURNED, State.TL_MISMATCH)
OF_AGENT = (State.RECALL, State.REINPUT)
CHECKED = (State.ENTERED, State.APPROVED)  # what the team leader lays beside the applications (step 5)


class Entry(TextChoices):
    """TAMARA's column “input”."""

    NEW = "NEW", _("New")
    RECALL = "RECALL", _("Recall")


class Awaits(TextChoices):
    """Who has to agree before a draft is entered."""

    NOTHING = "", "—"
    OFFER = "OFFER", _("the team leader: the offer is above its limit")
    COMPLAINT = "COMPLAINT", _("the supervisor: hard complaint")


class ReturnClass(TextChoices):
    """Why QC returns (requirements 8)."""

    OFFER = "OFFER", _("Not by the parameters of the offer")
    PRODUCT = "PRODUCT", _("Description of the product")
    INPUT = "INPUT", _("Input in MyCX")


class Ended(TextChoices):
    """How a result became final."""

    NOT = "", "—"
    CHECKED = "CHECKED", _("Checked by the team leader")
    PAID = "PAID", _("Paid meanwhile")
    NOT_VALID = "NOT_VALID", _("Not valid")
    LEFT = "LEFT", _("Not reached again")
    EXCLUDED = "EXCLUDED", _("Not called any more")


ENTRY, JUDGE, FOLLOW, ANSWER, REENTER = "entry", "qc_decision", "return_follow", "appeal_answer", "reinput"
CLOCKS = {
    ENTRY: _("entry into both applications"),
    JUDGE: _("decision of QC"),
    FOLLOW: _("follow up on a returned result"),
    ANSWER: _("answer to the appeal"),
    REENTER: _("enter again"),
}
# Requirements 8: QC one working day; a return that nobody follows within 3 × 24 h; re-input the next working day
DEFAULTS = (
    Default(ENTRY, 15, 10),
    Default(JUDGE, 24 * 60, 20 * 60),
    Default(FOLLOW, 3 * 24 * 60, 2 * 24 * 60),
    Default(ANSWER, 24 * 60, 20 * 60),
    Default(REENTER, 24 * 60, 20 * 60),
)
APPEAL_WITHIN = timedelta(days=3)
QC_LEASE = timedelta(hours=4)  # [A] a claim that QC does not work on goes back
