"""Text blocks for mails: whose they are, who may change them, and how they are filled (X-07, P-05 5.1)."""

from __future__ import annotations

from collections.abc import Mapping

from django.db.models import F, Q, QuerySet

from tenesa.accounts.models import User
from tenesa.accounts.roles import Role
from tenesa.knowledge.models import Snippet
from tenesa.mail import templating

KEEPERS = frozenset({Role.TEAM_LEADER, Role.SUPERVISOR, Role.ADMIN})
OF_THE_CASE = frozenset({"ticket", "product_id", "status", "next_update"})
PLACES = (templating.COMMON - {"body"}) | OF_THE_CASE
SHOWN = 300  # more than a person can know by heart; the composer loads them at once and searches by itself
_ENGLISH = {
    "greeting": {
        "Selamat pagi": "Good morning",
        "Selamat siang": "Good afternoon",
        "Selamat sore": "Good afternoon",
        "Selamat malam": "Good evening",
    },
    "customer": {"Bapak/Ibu": "Sir or Madam"},
    "agent": {"Tim Layanan": "the service team"},
    "subject": {"Laporan Bapak/Ibu": "your report"},
}
_INDONESIAN_ONLY = frozenset({"status", "next_update"})  # NOSSA's status in plain words is Indonesian


def of(user: User) -> QuerySet[Snippet]:
    """One's own, then those of the desks one works for: Indonesian first."""
    usable = Snippet.objects.filter(Q(owner=user) | Q(desk__in={desk for _role, desk, _area in user.places}))
    return usable.order_by(F("owner").asc(nulls_last=True), "-language", "shortcut", "pk")


def desks_kept_by(user: User) -> set[str]:
    return {desk for role, desk, _area in user.places if role in KEEPERS}


def may_change(user: User, snippet: Snippet) -> bool:
    return snippet.owner_id == user.pk or snippet.desk_id in desks_kept_by(user)


def filled(snippet: Snippet, values: Mapping[str, str]) -> str:
    """The text with what is known of the case; the rest stays as a placeholder for the agent to fill."""
    return templating.fill(snippet.body, _in_english(values) if snippet.language == "en" else values)


def _in_english(values: Mapping[str, str]) -> dict[str, str]:
    said = {name: _ENGLISH.get(name, {}).get(value, value) for name, value in values.items()}
    said["customer"] = said.get("customer", "").replace("Bapak/Ibu ", "")
    return {name: value for name, value in said.items() if name not in _INDONESIAN_ONLY}


def left_open(text: str) -> list[str]:
    """Placeholders that nobody filled."""
    return sorted(templating.used(text) & PLACES)
