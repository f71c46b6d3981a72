"""Escalations of the demonstration, one in each state that a visitor should see; every step by the real door."""

from __future__ import annotations

from tenesa.accounts.models import PresenceState, Readiness, User
from tenesa.accounts.presence import change_presence
from tenesa.escalation.models import Escalation
from tenesa.workflow.perform import perform
from tickets.models import EmailCase
from tickets.states import State

WANTED = 6
AGENTS = ("laras", "agus", "yohanes")
Decided = tuple[tuple[str, str, dict[str, str]], ...]  # person, step, inputs
ASKED: tuple[tuple[str, str, str, Decided], ...] = (  # level, unit, why, what became of it
    ("TEAM_LEADER", "", "Pelanggan meminta ganti rugi atas gangguan berulang.", ()),
    ("TEAM_LEADER", "", "Pelanggan meminta kepastian waktu perbaikan secara tertulis.", (("bowo", "add_level", {}),)),
    ("TELKOM", "TELKOM", "Kapasitas node penuh, perlu keputusan Telkom.", (("bowo", "approve", {}),)),
    ("SUPERVISOR", "", "Pelanggan menolak jadwal kunjungan teknisi.",
     (("hendra", "send_back", {"note": "Tawarkan jadwal malam lebih dulu."}),)),
    ("TEAM_LEADER", "", "Perlu izin memberi tahu penyebab sebelum tiket ditutup.",
     (("bowo", "approve", {"note": "Boleh, sebutkan penyebabnya saja."}),)),
)  # fmt: skip


def load() -> bool:
    """Once, when enough mails have become cases; False where it is too early."""
    if Escalation.objects.exists():
        return True
    free = list(EmailCase.objects.filter(state=State.NEW, owner=None, triage="").order_by("-pk")[:WANTED])
    if len(free) < WANTED:
        return False
    people = {user.username: user for user in User.objects.filter(username__in=[*AGENTS, "bowo", "hendra"])}
    for name in AGENTS:
        change_presence(people[name], PresenceState.AVAILABLE, checked=Readiness.values)
    for number, (case, (level, unit, why, decided)) in enumerate(zip(free, ASKED, strict=False)):
        agent = people[AGENTS[number % len(AGENTS)]]
        taken = perform(case, "take", actor=agent)
        perform(taken, "escalate", actor=agent, data={"level": level, "unit": unit, "reason": why})
        for who, step, inputs in decided:
            one = Escalation.objects.get(procedure=taken.procedure_name(), case_id=taken.pk)
            perform(one, step, actor=people[who], data=inputs)
    held = perform(free[-1], "take", actor=people["agus"])
    perform(held, "ask_for_case", actor=people["laras"], data={"reason": "Pelanggan ini menelepon saya tadi pagi."})
    return True
