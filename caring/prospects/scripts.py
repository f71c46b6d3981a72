"""The five scripts of caring, and who has seen which of them beside a prospect (P-01 5.2; S-19, X-14)."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from django.utils.translation import gettext_lazy as _

from caring.prospects.models import ScriptSeen
from tenesa.accounts.models import User
from tenesa.knowledge import scripts
from tenesa.knowledge.scripts import ScriptRead
from tenesa.ui.templatetags.ui import clock
from tenesa.workflow.readings import Reading

if TYPE_CHECKING:
    from caring.models import CaringResult, Prospect

FOLDER = "Script Caring"
GREETING, REMINDER, THIRD_PARTY = "greeting", "reminder", "third-party"
REASONS, CLOSING = "reasons", "closing"
PATHS = {
    GREETING: f"{FOLDER}/Salam Pembuka",
    REMINDER: f"{FOLDER}/Mengingatkan Tagihan",
    THIRD_PARTY: f"{FOLDER}/Pihak Ketiga",
    REASONS: f"{FOLDER}/Alasan Belum Bersedia",
    CLOSING: f"{FOLDER}/Penutup",
}
NAMES = {
    GREETING: _("Greeting"),
    REMINDER: _("The bill"),
    THIRD_PARTY: _("Leave a message"),
    REASONS: _("Reasons against"),
    CLOSING: _("Read out and close"),
}
SEEN = Reading(
    "scripts seen",
    lambda one: ScriptSeen.objects.filter(prospect=one.prospect_id).select_related("version", "user").order_by("pk"),
)  # of a result's prospect; `seen_in` leaves those of its own call


def script_at(name: str) -> ScriptRead | None:
    """The published script; None where there is none. KeyError for an unknown name."""
    return scripts.current(PATHS[name])


def note_shown(prospect: Prospect, script: ScriptRead, user: User) -> None:
    """Keep that this person has the version open in the call that is worked on; once a call."""
    ScriptSeen.objects.bulk_create([ScriptSeen(**_seen(prospect, script, user))], ignore_conflicts=True)


def was_shown(prospect: Prospect, script: ScriptRead, user: User) -> bool:
    """Whether this person has had this version open in the call that is worked on."""
    return ScriptSeen.objects.filter(**_seen(prospect, script, user)).exists()


def _seen(prospect: Prospect, script: ScriptRead, user: User) -> dict[str, Any]:
    return {"prospect": prospect, "attempt": prospect.attempts + 1, "version": script.version, "user": user}


def seen_in(result: CaringResult) -> list[ScriptSeen]:
    """The scripts that were open in the call of a result, the first in front."""
    return [one for one in SEEN.of(result) if one.attempt == result.attempt]


def in_words(seen: Sequence[ScriptSeen]) -> str:
    """ "Penutup v2 (Citra, 14.05) · …" """
    return " · ".join(f"{one.version.title} v{one.version.number} ({one.user}, {clock(one.at)})" for one in seen)
