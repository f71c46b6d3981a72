"""People and cases for tests. Cases are opened and moved by the real door; `put` alone places one in a state."""

from __future__ import annotations

import itertools
import uuid
from collections.abc import Iterable
from typing import Any

from django.utils import timezone

from segmentation.models import Customer
from tenesa.accounts.models import SYSTEM, Area, Desk, Membership, Presence, PresenceState, Team, User
from tenesa.accounts.roles import Role
from tenesa.knowledge.models import Product
from tenesa.mail.models import Blob, InboundMail, Mailbox
from tenesa.workflow.perform import open_case
from tickets.models import EmailCase

count = itertools.count(1)

COMPLAINT = "Yth. Tim TENESA, link SID 4700112-0045127790 mati total sejak pagi. PIC: Bonar 0812-0000-1187."


def desk(code: str = "TENESA") -> Desk:
    return Desk.objects.get_or_create(code=code, defaults={"name": code})[0]


def team(desk_code: str = "TENESA", area: str | None = None) -> Team:
    if area is not None:
        Area.objects.get_or_create(code=area, defaults={"name": area})
    return Team.objects.get_or_create(
        code=f"{desk_code}-{area or 'all'}".lower(),
        defaults={"name": desk_code, "desk": desk(desk_code), "area_id": area},
    )[0]


def person_each(roles: Iterable[Role]) -> dict[Role, User]:
    """One person a role, of one team and ready for work, who cannot sign in; made at once, for many tests want them."""
    given = {role: User(username=f"orang-{role.value}", tour_hint=User.TOUR) for role in roles}
    for user in given.values():
        user.first_name = user.username.capitalize()
        user.set_unusable_password()
    users, ours, today = User.objects.bulk_create(given.values()), team(), timezone.localdate()
    Membership.objects.bulk_create(Membership(user=user, team=ours, role=role) for role, user in given.items())
    Presence.objects.bulk_create(Presence(user=one, state=PresenceState.AVAILABLE, ready_on=today) for one in users)
    return given


def person(
    username: str, role: Role, *, desk_code: str = "TENESA", area: str | None = None, ready: bool = True
) -> User:
    """A person of one team with one role; ready for work unless told otherwise."""
    ours = team(desk_code, area)
    user = User.objects.create_user(
        username=username, first_name=username.capitalize(), password="rahasia-sekali", tour_hint=User.TOUR
    )
    Membership.objects.create(user=user, team=ours, role=role)
    if ready:
        Presence.objects.create(user=user, state=PresenceState.AVAILABLE, ready_on=timezone.localdate())
    return user


def product(name: str = "Astinet SD-WAN") -> Product:
    """One of the catalogue."""
    fields = {"code": name.lower().replace(" ", "-"), "family": "DATA", "pitch": "satu tautan lagi"}
    return Product.objects.get_or_create(name=name, defaults=fields)[0]


def mailbox(**changes: Any) -> Mailbox:
    fields = {
        "name": "TENESA",
        "desk": desk(),
        "procedure": "tickets.emailcase",
        "imap_host": "127.0.0.1",
        "username": "tenesa",
        "server_keeps_sent": True,
        **changes,
    }
    return Mailbox.objects.get_or_create(address="tenesa@telkom.example", defaults=fields)[0]


def inbound(text: str = COMPLAINT, **changes: Any) -> InboundMail:
    """A mail as the intake has parsed it."""
    number = next(count)
    blob = Blob.keep([f"Subject: mail {number}\r\n\r\n{text}".encode()])[0]
    fields: dict[str, Any] = {
        "mailbox": mailbox(),
        "folder": "INBOX",
        "uid_validity": 1,
        "uid": number,
        "blob": blob,
        "message_id": f"<{uuid.uuid4()}@pelanggan.example>",
        "from_address": "bonar@samudra.example",
        "from_name": "Bonar Nababan",
        "to": ["tenesa@telkom.example"],
        "subject": f"Gangguan {number}",
        "text": text,
        "extracted": {"product_ids": [], "incidents": [], "phones": []},
        **changes,
    }
    return InboundMail.objects.create(**fields)


def opened(text: str = COMPLAINT, **changes: Any) -> EmailCase:
    """A case opened by the real opening step."""
    mail = inbound(text, **changes)
    case = EmailCase(
        desk=mail.mailbox.desk,
        mailbox=mail.mailbox,
        subject=mail.subject,
        sender_name=mail.from_name,
        sender_address=mail.from_address,
        received_at=mail.stored_at,
        first_mail=mail,
        last_mail=mail,
    )
    return open_case(case, "receive", actor=SYSTEM)


def customer(segment: str = "DES", name: str = "PT Samudra Niaga Lintas") -> Customer:
    return Customer.objects.create(reference=f"{next(count):07d}", name=name, segment=segment, source="SISKAS")


def put(case: EmailCase, state: str, **columns: Any) -> EmailCase:
    """Place a case in a state without its steps: only for tests of what is refused there."""
    EmailCase.objects.filter(pk=case.pk).update(state=state, **columns)
    return EmailCase.objects.get(pk=case.pk)
