"""The five scripts of caring, and who has seen which of them beside a prospect (P-01 5.2; S-19, X-14)."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

from django.core.cache import cache
from django.utils.translation import gettext_lazy as _

from tenesa.accounts.models import User
from tenesa.knowledge import scripts
from tenesa.knowledge.scripts import ScriptRead

if TYPE_CHECKING:
    from caring.models import Prospect

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
SHOWN_KEPT = timedelta(hours=12).total_seconds()


def script_at(name: str) -> ScriptRead | None:
    """The published script; None where there is none. KeyError for an unknown name."""
    return scripts.current(PATHS[name])


def note_shown(prospect: Prospect, script: ScriptRead, user: User) -> None:
    cache.set(_key(prospect, script, user), True, SHOWN_KEPT)


def was_shown(prospect: Prospect, script: ScriptRead, user: User) -> bool:
    """Whether this person has had this version open beside the prospect."""
    return bool(cache.get(_key(prospect, script, user)))


def _key(prospect: Prospect, script: ScriptRead, user: User) -> str:
    return f"caring-script:{prospect.pk}:{user.pk}:{script.version.pk}"
