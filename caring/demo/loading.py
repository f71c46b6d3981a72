"""Loads the caring of the demonstration once: people's past as rows, and the same rows in the simulated systems."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime, time, timedelta
from typing import Any

from django.db import transaction
from django.utils import timezone

from caring import scoring
from caring.dapros import quotas
from caring.demo import plan
from caring.demo import scoring as scores
from caring.demo.calls import EXCLUDED_AS, EXCLUDED_FOR, EXCLUDED_FROM, Past, People
from caring.demo.plan import Diary, Story
from caring.demo.telling import Teller
from caring.demo.trail import Trail, next_ids, store_clocks, store_events
from caring.models import (
    CaringResult,
    DaprosBatch,
    DaprosRow,
    Exclusion,
    ExclusionList,
    Promise,
    PromiseLine,
    Prospect,
    Verdict,
)
from caring.reports import counting
from caring.results.effects import row_of
from caring.results.states import State
from caring.tree import Reason
from tenesa.accounts.models import Presence, PresenceChange, PresenceState, Readiness, Team, User
from tenesa.accounts.presence import change_presence
from tenesa.accounts.roles import Role
from tenesa.audit.models import Event
from tenesa.commitments.models import Commitment
from tenesa.contact.kinds import Purpose, Why
from tenesa.contact.models import ContactAttempt, Dial, DialRefusal
from tenesa.systems import control
from tenesa.systems.outbox import CallOut

DESK = "CARING"
AT_ONCE = 500  # rows that a simulated system is given in one message
MOST_RESULTS = 4_000
MISMATCHED = 0.02  # of the results, for the team leader's export
SHIFT = time(7, 45), time(17, 30)
REFUSED: tuple[tuple[list[Any], str, Mapping[str, Any]], ...] = (  # cells of a row of the list, and why it was refused
    (["PRANPC", "47900001", "13170A000001", "Budi Contoh"], "NOT_FASTEL", {"value": "13170A000001"}),
    (["PRANPC", "47900002", "131700000002", "Sari Contoh"], "TWICE", {"fastel": "131700000002", "row": 12}),
    (["CT-0", "47900003", "131700000003", "Toni Contoh", "-275000"], "NEGATIVE", {"value": "-275000"}),
    (["PRANPC", "47900004", "131700000004", "Wati Contoh", "1,22E+11"], "EXPONENT", {"value": "1,22E+11"}),
)
WHY = (Why.HOURS, Why.GAP, Why.GAP, Why.DAILY, Why.SILENCE, Why.WEEKLY, Why.NUMBER)
WORDS = {
    Why.HOURS: "Di luar jam telepon pelanggan.", Why.GAP: "Belum dua jam sejak panggilan terakhir.",
    Why.DAILY: "Sudah dua panggilan dalam 24 jam.", Why.SILENCE: "Baru berbicara dengan pelanggan, tujuh hari tenang.",
    Why.WEEKLY: "Sudah tujuh panggilan dalam tujuh hari.", Why.NUMBER: "Nomor ini bukan milik pelanggan.",
}  # fmt: skip


def load() -> int:
    """When the people are there; returns how many prospects there are. NoSimulator where the systems do not answer."""
    if not Prospect.objects.exists():
        with transaction.atomic():
            _load(timezone.now())
            scores.load(_people())
        for agent in _people().agents[:9]:
            change_presence(agent, PresenceState.AVAILABLE, checked=Readiness.values)
        scoring.refresh()
        _quota()
        counting.count_changed()
    return Prospect.objects.count()


def _load(now: datetime) -> None:
    people = _people()
    found = plan.stories(now, timezone.localdate(now).replace(day=1), len(people.agents))
    teller = Teller(people, now, iter(next_ids(CaringResult, MOST_RESULTS)))
    batches = _batches(found, people.leader)
    rows = [0, 0]
    for story, pk in zip(found, next_ids(Prospect, len(found)), strict=True):
        rows[story.second] += 1
        trail = teller.prospect(story, batches[story.second], rows[story.second] + 1, pk)
        teller.tell(story, trail)
    teller.check()
    _exclusions(found, batches, people)
    _store(teller.past)
    _presence(teller.diary, people.agents, found[0].loaded_at, now)
    _refusals(teller.past.dials)
    _orders(teller.past.prospects)


def _people() -> People:
    here = User.objects.filter(memberships__team__desk=DESK).order_by("pk")
    of = {
        role: list(here.filter(memberships__role=role).distinct())
        for role in (Role.AGENT_CARING, Role.QCO, Role.TEAM_LEADER)
    }
    return People(of[Role.AGENT_CARING], of[Role.QCO], of[Role.TEAM_LEADER][0], Team.objects.get(code="caring"))


def _batches(found: Sequence[Story], leader: User) -> list[DaprosBatch]:
    batches = []
    for second in (False, True):
        mine = [one for one in found if one.second == second]
        at, name = mine[0].loaded_at, f"dapros-{mine[0].period:%Y-%m}.xlsx"
        excluded = sum(one.debt.fate in {"LISTED", "BEYOND"} for one in mine)
        batch = DaprosBatch.objects.create(
            name=name, sha256=hashlib.sha256(f"{name} {at}".encode()).hexdigest(), size=len(mine) * 190,
            period=mine[0].period, by=leader, at=at, status=DaprosBatch.Status.DONE, taken=len(mine),
            sheet_read="dapros", finished_at=at + timedelta(minutes=1), excluded=excluded, refused=len(REFUSED),
            learned=len(mine) + 4,
            total=len(mine) + 4, position=len(mine) + 5, reasons={code: 1 for _cells, code, _facts in REFUSED},
            heads=["campaign", "ncli", "fastel", "nama", "tagihan_n"],
        )  # fmt: skip
        DaprosRow.objects.bulk_create(
            DaprosRow(batch=batch, row_number=len(mine) + 2 + at, refused=True, cells=cells, said=[[code, "", facts]])
            for at, (cells, code, facts) in enumerate(REFUSED)
        )
        batches.append(batch)
    return batches


def _exclusions(found: Sequence[Story], batches: Sequence[DaprosBatch], people: People) -> None:
    """The list on which those of the fate LISTED stand, and what the reports of the lists say of them."""
    at = min(one.loaded_at for one in found) - timedelta(days=2)
    other = User.objects.filter(memberships__team__desk=DESK, memberships__role=Role.SUPERVISOR).order_by("pk")[0]
    listed = ExclusionList.objects.create(
        source=EXCLUDED_FROM, reason=EXCLUDED_FOR, by=people.leader, at=at, approved=True, decided_by=other,
        decided_at=at + timedelta(hours=3),
    )  # fmt: skip
    numbers = [one.debt.fastel for one in found if one.debt.fate == "LISTED"]
    Exclusion.objects.bulk_create(
        Exclusion(
            list=listed, of=Exclusion.Of.FASTEL, value=number, reason=EXCLUDED_FOR, valid_from=at.date(),
            applied_at=at + timedelta(hours=3, minutes=1),
        )
        for number in numbers
    )  # fmt: skip
    for second, batch in enumerate(batches):
        mine = [one for one in found if one.second == bool(second)]
        rows = [(row, one.debt) for row, one in enumerate(mine, 2) if one.debt.fate == "LISTED"]
        DaprosRow.objects.bulk_create(
            DaprosRow(
                batch=batch, row_number=row, refused=False,
                said=[["LISTED", "", {"number": debt.fastel, "why": EXCLUDED_AS}]],
            )
            for row, debt in rows
        )  # fmt: skip
        DaprosBatch.objects.filter(pk=batch.pk).update(reasons={**batch.reasons, "LISTED": len(rows)})


# --- rows -------------------------------------------------------------------------------------------------------------
def _store(past: Past) -> None:
    """Everything at once, what others point at first. The systems tell their references before."""
    results = {trail.pk: trail for trail in past.results}
    prospects = {trail.pk: trail.row() for trail in past.prospects}
    recalls = {pk: one.recall_id for pk, one in prospects.items() if one.recall_id}
    for one in prospects.values():
        one.recall_id = None
    Prospect.objects.bulk_create(prospects.values(), batch_size=400)
    _enter(past, prospects)
    CaringResult.objects.bulk_create([trail.row() for trail in results.values()], batch_size=400)
    again = [Prospect(pk=pk, recall_id=recall) for pk, recall in recalls.items()]
    Prospect.objects.bulk_update(again, ["recall"], batch_size=400)
    Dial.objects.bulk_create(past.dials, batch_size=800)
    ContactAttempt.objects.bulk_create(past.attempts, batch_size=800)
    first = [one for one in past.verdicts if one.supersedes is None]
    Verdict.objects.bulk_create(first)
    Verdict.objects.bulk_create([one for one in past.verdicts if one.supersedes is not None])
    Promise.objects.bulk_create([promise for promise, _lines in past.promises.values()])
    PromiseLine.objects.bulk_create([line for _promise, lines in past.promises.values() for line in lines])
    Commitment.objects.bulk_create(past.commitments)
    trails = [*past.prospects, *past.results]
    store_events(trails)
    store_clocks(trails)


def _enter(past: Past, prospects: Mapping[int, Prospect]) -> None:
    """The results in MyCX and TAMARA, as they stand there; two of a hundred differ from ours."""
    entered = [trail for trail in past.results if trail.columns.get("entered_in")]
    whole = {trail.pk: trail.row() for trail in entered}
    told: list[dict[str, Any]] = []
    for trail in entered:
        one = whole[trail.pk]
        one.prospect = prospects[trail.columns["prospect_id"]]
        one.supersedes = whole.get(one.supersedes_id)
        told.append({**row_of(one), **_judged(one), "entered_at": one.entered_at.isoformat()})
    for system, column in (("mycx", "mycx_ref"), ("tamara", "tamara_ref")):
        rows = [dict(row) for row in told]
        for place in _differing(entered)[system == "tamara" :: 2]:
            other = Reason.NO_MONEY if rows[place]["reason"] != Reason.NO_MONEY else Reason.EXPENSIVE
            amount = {"amount": (rows[place]["amount"] or 0) + 25_000}
            rows[place] |= amount if system == "mycx" else {"reason": str(other)}
        references = [ref for part in _parts(rows) for ref in control.remember_results(system, part)]
        for trail, reference in zip(entered, references, strict=True):
            trail.columns[column] = reference.replace("TM-", "CWC-")  # what CWC told when it was entered


def _judged(one: CaringResult) -> dict[str, Any]:
    superseded = {"follow": 1} if one.state == State.SUPERSEDED else {}
    if one.approved is None:
        return superseded
    said = "Valid" if one.approved else "Not Valid"
    at = one.judged_at.isoformat() if one.judged_at else None
    qco = one.qco.username if one.qco else ""
    return {"follow": 6 if one.approved else 3, **superseded, "valid": said, "qco": qco, "qco_at": at}


def _differing(entered: Sequence[Trail]) -> list[int]:
    """Two of a hundred: those that the leader has asked for, and others that are not signed yet, declines first."""
    left: dict[str, int] = {State.REINPUT: 0, State.ENTERED: 1}
    order = {"DECLINE": 0, "FOLLOW_UP": 1}
    found = [place for place, trail in enumerate(entered) if trail.state in left]
    found.sort(key=lambda at: (left[entered[at].state], order.get(entered[at].columns["category"], 2), at))
    return found[: round(len(entered) * MISMATCHED)]


def _parts(rows: Sequence[dict[str, Any]]) -> Iterator[Sequence[dict[str, Any]]]:
    for start in range(0, len(rows), AT_ONCE):
        yield rows[start : start + AT_ONCE]


# --- beside the cases -------------------------------------------------------------------------------------------------
def _presence(diary: Diary, agents: Sequence[User], since: datetime, now: datetime) -> None:
    """The shifts of the past days."""
    changes: list[PresenceChange] = []
    for day in diary.days(timezone.localdate(since)):
        begun, ended = (timezone.make_aware(datetime.combine(day, moment)) for moment in SHIFT)
        for place in diary.present(day):
            came = {"user": agents[place], "state": PresenceState.AVAILABLE, "checked": sorted(Readiness.values)}
            changes += [PresenceChange(at=begun, **came)]
            changes += [PresenceChange(user=agents[place], state=PresenceState.OFFLINE, at=ended)] * (ended < now)
    PresenceChange.objects.bulk_create(changes)
    Presence.objects.bulk_create([Presence(user=agent) for agent in agents], ignore_conflicts=True)


def _refusals(dials: Sequence[Dial]) -> None:
    """Now and then the rules refused a call, some minutes after another one."""
    DialRefusal.objects.bulk_create(
        DialRefusal(
            person=dial.person, number=dial.number, purpose=Purpose.CARING, procedure=dial.procedure,
            case_id=dial.case_id, desk_id=DESK, agent=dial.agent, at=dial.at + timedelta(minutes=35),
            why=WHY[place % len(WHY)], words=WORDS[WHY[place % len(WHY)]], next_at=dial.at + timedelta(hours=2),
            proof=dial.proof,
        )
        for place, dial in enumerate(dials[::37])
    )  # fmt: skip


def _orders(trails: Sequence[Trail]) -> None:
    """The orders of those who are still called are loaded into MyCX (S-04), as an import has it."""
    left = [trail for trail in trails if trail.state in {"AVAILABLE", "FOLLOW_UP"}]
    for start in range(0, len(left), AT_ONCE):
        some = left[start : start + AT_ONCE]
        rows = [
            {
                "key": f"{Prospect.prefix}{trail.pk:07d}", "period": f"{trail.columns['period']:%Y-%m}",
                **{name: trail.columns[name] for name in ("fastel", "campaign", "name", "witel", "total")},
            }
            for trail in some
        ]  # fmt: skip
        opening = Event.objects.get(procedure=Prospect.procedure_name(), case_id=some[0].pk, seq=1)
        CallOut("mycx", "load_orders", {"rows": rows}, key=f"demo:{some[0].pk}").write(Prospect(pk=some[0].pk), opening)


def _quota() -> None:
    people = _people()
    quotas.give(people.leader, people.team, 60, witel="BANDUNG")
