"""Who works here in the demonstration (requirements 12.1): invented people, desks, teams, the mailbox; and escalations,
one in each state that a visitor should see, every step by the real door."""

from __future__ import annotations

from contextlib import suppress
from urllib.parse import unquote, urlsplit

from django.conf import settings
from django.contrib.auth.hashers import make_password
from django.db import transaction
from django.db.models import Q
from django.utils import timezone
from django.utils.text import slugify

from tenesa.accounts import tokens
from tenesa.accounts.models import Area, Desk, Membership, PresenceState, Readiness, Team, User
from tenesa.accounts.presence import change_presence
from tenesa.accounts.roles import Role
from tenesa.escalation.models import Escalation
from tenesa.mail.models import Mailbox
from tenesa.systems import control
from tenesa.systems.sites import load_sites
from tenesa.workflow.perform import perform
from tickets.models import EmailCase
from tickets.states import State

PASSWORD = "tenesa-demo"  # noqa: S105 - the demonstration's sign-in, printed at its start
MAILBOX = "tenesa@telkom.example"

AREAS = {
    "MDN": "Medan",
    "BDG": "Bandung",
    "SBY": "Surabaya",
    "BPN": "Balikpapan",
    "JKT": "Jakarta",
    "SMG": "Semarang",
    "DPS": "Denpasar",
    "MKS": "Makassar",
}
DESKS = {
    "TENESA": "TENESA", "TDSCC": "Telkom Digital Solution Care Center", "147": "Contact Center 147",
    "CARING": "Outbound Caring",
}  # fmt: skip
TEAMS = (
    ("tenesa-bdg", "TENESA Bandung", "TENESA", "BDG"),
    ("tenesa-smg", "TENESA Semarang", "TENESA", "SMG"),
    ("tdscc-jkt", "TDSCC Jakarta", "TDSCC", "JKT"),
    ("tenesa", "TENESA", "TENESA", None),
    ("cc147", "147", "147", None),
    ("cc147-tier2", "147 Tier 2 Outbound", "147", None),
    ("caring", "Caring CT-0 dan PRANPC", "CARING", None),
    ("caring-qc", "Quality Control Caring", "CARING", None),
)
PEOPLE = (
    ("Rangga Wibisono", "tenesa-bdg", Role.AGENT_EMAIL),
    ("Dewi Kartikasari", "tenesa-bdg", Role.AGENT_EMAIL),
    ("Yohanes Simbolon", "tenesa-bdg", Role.AGENT_EMAIL),
    ("Laras Kinasih", "tenesa-bdg", Role.AGENT_EMAIL),
    ("Agus Prasetiyo", "tenesa-bdg", Role.AGENT_EMAIL),
    ("Ningsih Wulandari", "tenesa-smg", Role.AGENT_EMAIL),
    ("Bonar Nababan", "tenesa-smg", Role.AGENT_EMAIL),
    ("Putu Ayu Lestari", "tenesa-smg", Role.AGENT_EMAIL),
    ("La Ode Hamzah", "tenesa-smg", Role.AGENT_EMAIL),
    ("Andi Tenriawaru", "tdscc-jkt", Role.AGENT_EMAIL),
    ("Cut Meutia Sari", "tdscc-jkt", Role.AGENT_EMAIL),
    ("I Made Sukerta", "tdscc-jkt", Role.AGENT_EMAIL),
    ("Bowo Santosa", "tenesa", Role.TEAM_LEADER),
    ("Sri Handayani", "tenesa-smg", Role.TEAM_LEADER),
    ("Maria Tambunan", "tdscc-jkt", Role.TEAM_LEADER),
    ("Hendra Gunawan", "tenesa", Role.SUPERVISOR),
    ("Ratna Dewanti", "tenesa", Role.MANAGER),
    ("Admin Tenesa", "tenesa", Role.ADMIN),
    ("Wayan Astawa", "tenesa", Role.DOC_CONTROL),
    ("Ujang Suryana", "tenesa", Role.TELKOM_UNIT),
    ("Mitra API", "tenesa", Role.API_CLIENT),
    ("Telepon CTI", "tenesa", Role.API_CLIENT),
    ("Sekar Anggraini", "cc147", Role.AGENT_147),
    ("Fajar Nugroho", "cc147", Role.AGENT_147),
    ("Melati Pramesti", "cc147", Role.AGENT_147),
    ("Yusuf Ramadhan", "cc147", Role.AGENT_147),
    ("Kadek Widiantara", "cc147", Role.AGENT_147),
    ("Grace Manurung", "cc147", Role.AGENT_147),
    ("Rizky Firmansyah", "cc147", Role.AGENT_147),
    ("Nurul Hidayati", "cc147", Role.AGENT_147),
    ("Stefanus Lengkong", "cc147", Role.AGENT_147),
    ("Tiara Maharani", "cc147", Role.AGENT_147),
    ("Galih Prakoso", "cc147-tier2", Role.AGENT_TIER2),
    ("Indah Permatasari", "cc147-tier2", Role.AGENT_TIER2),
    ("Johan Siregar", "cc147-tier2", Role.AGENT_TIER2),
    ("Lestari Wahyuni", "cc147-tier2", Role.AGENT_TIER2),
    ("Markus Wenda", "cc147-tier2", Role.AGENT_TIER2),
    ("Salsabila Putri", "cc147-tier2", Role.AGENT_TIER2),
    ("Nadia Kusuma", "cc147", Role.TEAM_LEADER),
    ("Citra Maheswari", "caring", Role.AGENT_CARING),
    ("Dimas Pamungkas", "caring", Role.AGENT_CARING),
    ("Elok Rahayu", "caring", Role.AGENT_CARING),
    ("Gilang Permana", "caring", Role.AGENT_CARING),
    ("Hesti Wulandari", "caring", Role.AGENT_CARING),
    ("Ilham Saputra", "caring", Role.AGENT_CARING),
    ("Joko Susilo", "caring", Role.AGENT_CARING),
    ("Kartika Sari", "caring", Role.AGENT_CARING),
    ("Marlina Tobing", "caring", Role.AGENT_CARING),
    ("Nugroho Santoso", "caring", Role.AGENT_CARING),
    ("Oktavia Rahmi", "caring", Role.AGENT_CARING),
    ("Pandu Winata", "caring", Role.AGENT_CARING),
    ("Ruslan Tahir", "caring", Role.AGENT_CARING),
    ("Winarti Utami", "caring", Role.AGENT_CARING),
    ("Puspita Ningrum", "caring-qc", Role.QCO),
    ("Mahendra Wijaya", "caring-qc", Role.QCO),
    ("Theresia Simbolon", "caring-qc", Role.QCO),
    ("Zulkifli Harahap", "caring-qc", Role.QCO),
    ("Novita Anggoro", "caring", Role.TEAM_LEADER),
)
ALSO = (  # who works at a second desk, too
    ("hendra", "cc147", Role.SUPERVISOR),
    ("ratna", "cc147", Role.MANAGER),
    ("hendra", "caring", Role.SUPERVISOR),
    ("ratna", "caring", Role.MANAGER),
    ("telepon", "cc147", Role.API_CLIENT),
    ("mitra", "caring", Role.API_CLIENT),
)


LED_APART = {"cc147": "147", "caring": "caring"}  # teams whose leader has a door of their own
STAFF = (Role.ADMIN, Role.DOC_CONTROL)  # who reaches the administration


def sign_ins() -> list[tuple[str, str, str]]:
    """(role, user name, password): the first of each role, the leaders of 147 and caring; a machine has tokens."""
    first: dict[str, str] = {}
    for name, team, role in PEOPLE:
        if role != Role.API_CLIENT:
            desk = LED_APART.get(team, "") if role == Role.TEAM_LEADER else ""
            first.setdefault(f"{role.label} {desk}".strip(), username(name))
    return [(role, user, PASSWORD) for role, user in first.items()]


def username(name: str) -> str:
    """The first word of the name that is longer than a particle."""
    return slugify(next(word for word in name.split() if len(word) > 3))


@transaction.atomic
def load_people() -> None:
    """Create what is missing; what an administrator changed stays as it is."""
    for code, name in AREAS.items():
        Area.objects.get_or_create(code=code, defaults={"name": name})
    load_sites()
    for code, name in DESKS.items():
        Desk.objects.get_or_create(code=code, defaults={"name": name})
    for code, name, desk, area in TEAMS:
        Team.objects.get_or_create(code=code, defaults={"name": name, "desk_id": desk, "area_id": area})
    password, new = make_password(PASSWORD), set()
    for name, team, role in PEOPLE:
        first, _space, last = name.partition(" ")
        admin = role == Role.ADMIN
        own = make_password(None) if role == Role.API_CLIENT else password
        fields = {"first_name": first, "last_name": last, "password": own, "is_staff": role in STAFF}
        defaults = {**fields, "is_superuser": admin, "email": f"{username(name)}@tenesa.example"}
        user, made = User.objects.get_or_create(username=username(name), defaults=defaults)
        if made:
            new.add(user.username)
            Membership.objects.create(user=user, team=Team.objects.get(code=team), role=role)
    for name, team, role in ALSO:
        if name in new:
            user = User.objects.get(username=name)
            Membership.objects.create(user=user, team=Team.objects.get(code=team), role=role)


def connect_telephone() -> None:
    """Give the simulated CTI a token with which its calls come to the REST, in place of the one before."""
    client = User.objects.get(username="telepon")
    with transaction.atomic():
        client.api_tokens.filter(revoked_at=None).update(revoked_at=timezone.now())
        _token, key = tokens.issue(client, "CTI")
    with suppress(control.NoSimulator):  # a real telephone system has a token of its own
        control.receive_pops(f"{settings.TENESA_URL.rstrip('/')}/api/v1/screen-pops/", key)


def load_mailbox() -> Mailbox:
    """The TENESA account on the IMAP and SMTP servers of the settings."""
    imap = urlsplit(settings.IMAP_URL)
    mailbox, _made = Mailbox.objects.get_or_create(
        address=MAILBOX,
        defaults={
            "name": "TENESA",
            "desk_id": "TENESA",
            "procedure": EmailCase.procedure_name(),
            "imap_host": imap.hostname or "127.0.0.1",
            "imap_port": imap.port or 143,
            "imap_ssl": imap.scheme == "imaps",
            "username": unquote(imap.username or "tenesa"),
            "password": unquote(imap.password or "rahasia"),
            "server_keeps_sent": True,
            "auto_acknowledge": True,
        },
    )
    return mailbox


WANTED = 6
AGENTS, AREA = ("laras", "agus", "yohanes"), "BDG"
Decided = tuple[tuple[str, str, dict[str, str]], ...]  # person, step, inputs
ESCALATED: tuple[tuple[str, str, str, Decided], ...] = (  # level, unit, why, what became of it
    ("TEAM_LEADER", "", "Pelanggan meminta ganti rugi atas gangguan berulang.", ()),
    ("TEAM_LEADER", "", "Pelanggan meminta kepastian waktu perbaikan secara tertulis.", (("bowo", "add_level", {}),)),
    ("TELKOM", "TELKOM", "Kapasitas node penuh, perlu keputusan Telkom.", (("bowo", "approve", {}),)),
    ("SUPERVISOR", "", "Pelanggan menolak jadwal kunjungan teknisi.",
     (("hendra", "send_back", {"note": "Tawarkan jadwal malam lebih dulu."}),)),
    ("TEAM_LEADER", "", "Perlu izin memberi tahu penyebab sebelum tiket ditutup.",
     (("bowo", "approve", {"note": "Boleh, sebutkan penyebabnya saja."}),)),
)  # fmt: skip


def load_escalations() -> bool:
    """Once, when enough mails have become cases; False where it is too early."""
    if Escalation.objects.exists():
        return True
    seen = Q(area=None) | Q(area=AREA)
    free = list(EmailCase.objects.filter(seen, state=State.NEW, owner=None, triage="").order_by("-pk")[:WANTED])
    if len(free) < WANTED:
        return False
    people = {user.username: user for user in User.objects.filter(username__in=[*AGENTS, "bowo", "hendra"])}
    for name in (*AGENTS, "hendra"):  # whom bowo raises one to
        change_presence(people[name], PresenceState.AVAILABLE, checked=Readiness.values)
    for number, (case, (level, unit, why, decided)) in enumerate(zip(free, ESCALATED, strict=False)):
        agent = people[AGENTS[number % len(AGENTS)]]
        taken = perform(case, "take", actor=agent)
        perform(taken, "escalate", actor=agent, data={"level": level, "unit": unit, "reason": why})
        for who, step, inputs in decided:
            one = Escalation.objects.get(procedure=taken.procedure_name(), case_id=taken.pk)
            perform(one, step, actor=people[who], data=inputs)
    held = perform(free[-1], "take", actor=people["agus"])
    perform(held, "ask_for_case", actor=people["laras"], data={"reason": "Pelanggan ini menelepon saya tadi pagi."})
    return True
