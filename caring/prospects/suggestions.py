"""The next step of a prospect, by what is known of it (P-01 5, 8)."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from caring.prospects import contact
from caring.prospects.states import State
from tenesa.accounts.roles import Role
from tenesa.workspace import softphone_words
from tenesa.workspace.suggestions import Suggestion

if TYPE_CHECKING:
    from caring.models import Prospect


def paid(case: Prospect) -> str:
    return _("I-payment says that all is paid.") if case.is_paid and case.payer_confirmed_at else ""


def payer_known(case: Prospect) -> str:
    return _("The payer is confirmed: tell amount and offer.") if case.payer_confirmed_at else ""


def nobody(case: Prospect) -> str:
    return softphone_words.unanswered(contact.dialled(case))


def somebody(case: Prospect) -> str:
    return softphone_words.while_spoken(contact.dialled(case), _("The payer is not confirmed yet."))


WAITING, CALL = (State.AVAILABLE, State.FOLLOW_UP), (State.IN_CALL,)
TABLE = (
    Suggestion(WAITING, "pick", gettext_lazy("It may be called now."), to=(Role.AGENT_CARING,)),
    Suggestion(WAITING, "drop", gettext_lazy("No number is left.")),
    Suggestion((State.PICKED,), "start_dial", gettext_lazy("Arrears are told, and the hours allow the call.")),
    Suggestion(CALL, "miss", nobody, whole=True),
    Suggestion(CALL, "follow_up", paid),
    Suggestion(CALL, "agree", payer_known),
    Suggestion(CALL, "confirm_payer", somebody),
)
