"""Who works in the benchmark: a leader and the agents of the desk, all ready for work."""

from __future__ import annotations

from collections.abc import Iterable

from django.utils import timezone

from tenesa.accounts.models import Area, Desk, Membership, Presence, PresenceState, Team, User
from tenesa.accounts.roles import Role
from tenesa.mail.models import Blob, InboundMail, Mailbox

DESK, OTHER_DESK = "TENESA", "TDSCC"
AREAS = [str(number) for number in range(1, 8)]
ADDRESS = "tenesa@telkom.example"


def desk_and_areas() -> None:
    for code in (DESK, OTHER_DESK):
        Desk.objects.get_or_create(code=code, defaults={"name": code})
    for code in AREAS:
        Area.objects.get_or_create(code=code, defaults={"name": f"TREG {code}"})


def person(username: str, role: Role, places: Iterable[tuple[str, str | None]] = ((DESK, None),)) -> User:
    """A person with this role at each place (desk, area or None for all)."""
    user, made = User.objects.get_or_create(username=username, defaults={"first_name": username.capitalize()})
    if made:
        for desk, area in places:
            code = f"{desk}-{area or 'all'}".lower()
            values = {"name": code, "desk_id": desk, "area_id": area}
            team, _made = Team.objects.get_or_create(code=code, defaults=values)
            Membership.objects.create(user=user, team=team, role=role)
        Presence.objects.create(user=user, state=PresenceState.AVAILABLE, ready_on=timezone.localdate())
    return user


def mailbox(imap_port: int = 0) -> Mailbox:
    values = {
        "name": "TENESA",
        "desk_id": DESK,
        "procedure": "tickets.emailcase",
        "imap_host": "127.0.0.1",
        "imap_port": imap_port,
        "imap_ssl": False,
        "username": "tenesa",
        "password": "rahasia",
        "server_keeps_sent": True,
    }
    return Mailbox.objects.update_or_create(address=ADDRESS, defaults=values)[0]


def first_mail() -> InboundMail:
    """A mail for cases that are written by SQL and not by the intake; the factories count from 1 in validity 1."""
    blob = Blob.keep([b"Subject: Gangguan\r\n\r\nMohon dibantu."])[0]
    row, _made = InboundMail.objects.get_or_create(
        mailbox=mailbox(), folder="INBOX", uid_validity=2, uid=1, defaults={"blob": blob, "subject": "Gangguan"}
    )
    return row
