"""What the softphone told of a call, in words: why a step is suggested, on every desk that calls customers."""

from __future__ import annotations

from django.utils.translation import gettext as _

from tenesa.contact.models import Dial
from tenesa.ui.templatetags.ui import clock


def told(made: Dial | None) -> str:
    """ "Softphone: 0812… at 09.41: Busy."; "" where there is no call, and while it has told nothing."""
    if made is None or not made.result:
        return ""
    said = {"number": made.number, "result": made.get_result_display(), "time": clock(made.at)}
    return _("Softphone: %(number)s at %(time)s: %(result)s.") % said


def unanswered(made: Dial | None) -> str:
    """The same where the call has ended and nobody answered; else ""."""
    return told(made) if made is not None and made.is_unanswered else ""


def while_spoken(made: Dial | None, words: str) -> str:
    """The words of a step that says that somebody answered; "" while it rings and where nobody did."""
    return "" if made is None or made.stage == "ringing" or made.is_unanswered else words
