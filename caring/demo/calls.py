"""Calls of the demonstration's past as rows: prospects, dials, attempts, results that are being entered."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from random import Random
from uuid import UUID

from django.utils import timezone

from caring import billing
from caring.billing import Arrears
from caring.billing_models import BillingPolicy
from caring.demo.plan import AGREES, SEED, Call, Diary, Story, dealt
from caring.demo.trail import Trail
from caring.models import CaringResult, DaprosBatch, Promise, PromiseLine, Prospect, Verdict
from caring.offers import catalogue
from caring.offers.kinds import proposal
from caring.offers.models import OfferVersion
from caring.prospects import contact
from caring.prospects.states import Excluded, State
from caring.quality import instruments
from caring.quality.models import Instrument
from caring.results.states import DEFAULTS, JUDGE, Awaits, Entry
from caring.results.states import State as ResultState
from caring.tree import TREE, Category, Reason
from tenesa.accounts.models import Team, User
from tenesa.accounts.roles import Role
from tenesa.commitments.models import Commitment
from tenesa.contact import log, zones
from tenesa.contact.facts import Facts, confirmed_holidays, proof_of
from tenesa.contact.models import ContactAttempt, Dial
from tenesa.contact.policy import Tried, policy_of

AGENT, QCO, LEADER = Role.AGENT_CARING, Role.QCO, Role.TEAM_LEADER
CLOCK = {default.name: default for default in DEFAULTS}
FIRST_CALL = 90_000_001
SECOND, MINUTE = timedelta(seconds=1), timedelta(minutes=1)
OPEN_DAYS = 8  # what the team leader has not signed yet
EXCLUDED_FROM, EXCLUDED_FOR = "Surat Legal 118/X/2026", "Sengketa tagihan di pengadilan"
EXCLUDED_AS = f"{EXCLUDED_FOR} ({EXCLUDED_FROM})"
NOTES = {
    Reason.FAULT: "Internet sering putus sejak dua minggu.", Reason.TERMINATES: "Ingin berhenti, diarahkan ke Plasa.",
    Reason.CALL_BACK: "Minta dihubungi kembali.", Reason.PAYS_ON: "Menunggu gaji.",
}  # fmt: skip


@dataclass
class People:
    """Who works at the desk, and its team."""

    agents: Sequence[User]
    judges: Sequence[User]
    leader: User
    team: Team


@dataclass
class Past:
    """Everything that is to be stored, in the order in which it may be."""

    prospects: list[Trail] = field(default_factory=list)
    results: list[Trail] = field(default_factory=list)
    dials: list[Dial] = field(default_factory=list)
    attempts: list[ContactAttempt] = field(default_factory=list)
    verdicts: list[Verdict] = field(default_factory=list)
    promises: dict[int, tuple[Promise, list[PromiseLine]]] = field(default_factory=dict)  # by result
    commitments: list[Commitment] = field(default_factory=list)


class Calls:
    """What is told of every call. `now` is the end of the past."""

    def __init__(self, people: People, now: datetime, numbers: Iterator[int]) -> None:
        self.people, self.now, self.numbers = people, now, numbers
        self.rng = Random(SEED + 1)  # noqa: S311 - a repeatable past
        self.past, self.diary = Past(), Diary(now, len(people.agents), self.rng)
        self.offers: Mapping[str, OfferVersion] = {one.offer_id: one for one in catalogue.holding()}
        self.gate, self.card = (instruments.current(kind) for kind in (Instrument.Kind.GATE, Instrument.Kind.SCORECARD))
        self.criteria = [item.code for item in self.gate.items.all()]
        self.policy: BillingPolicy = billing.policy_at(timezone.localdate(now))
        self.chosen = dealt({"FULL": 70, "PDD6": 20, "PDD12": 10}, AGREES, Random(SEED + 2))  # noqa: S311
        self.contact_policy, self.holidays = policy_of(contact.PURPOSE), confirmed_holidays()
        self.tried: dict[str, list[Tried]] = {}
        self.call_number, self.open_from = FIRST_CALL, self._working_days_ago(OPEN_DAYS)

    def _working_days_ago(self, count: int) -> date:
        day = timezone.localdate(self.now)
        while count:
            day -= timedelta(days=1)
            count -= self.diary.works(day)
        return day

    # --- a prospect --------------------------------------------------------------------------------------------------
    def prospect(self, story: Story, batch: DaprosBatch, row: int, pk: int) -> Trail:
        debt = story.debt
        trail = Trail(
            Prospect, pk, desk_id="CARING", batch=batch, row_number=row, period=story.period, campaign=debt.campaign,
            ncli=debt.ncli, fastel=debt.fastel, name=debt.name, address=debt.address, city=debt.city,
            regional=debt.regional, witel=debt.witel, zone=debt.zone, package=debt.package, mbps=debt.mbps,
            bills=debt.bills, total=sum(debt.bills.values()), oldest_month=debt.oldest_month, isolated=debt.isolated,
            last_paid_on=debt.last_paid_on, phones=list(debt.phones), email=debt.email, ready=False,
            ready_at=story.loaded_at, touched_at=story.loaded_at, scored_at=story.loaded_at, attempts=0,
        )  # fmt: skip
        excluded = {"LISTED": Excluded.LISTED, "BEYOND": Excluded.BEYOND}.get(debt.fate)
        state = State.EXCLUDED if excluded else State.AVAILABLE
        trail.columns |= {"excluded_why": excluded or "", "remark": EXCLUDED_AS if debt.fate == "LISTED" else ""}
        trail.take("load", story.loaded_at, self.people.leader, LEADER, state, list=batch.pk, row=row)
        self.past.prospects.append(trail)
        return trail

    # --- a call ------------------------------------------------------------------------------------------------------
    def call(self, trail: Trail, call: Call, recalled: Trail | None = None) -> Trail:
        """Picked, bills read, dialled, the outcome: a prospect's steps, the dial with its attempt, and the result."""
        agent, columns, leaf = self.people.agents[call.agent], trail.columns, TREE[call.reason]
        spoken = leaf.contact == "CONNECTED"
        number = columns["phones"][0]
        duration = self.rng.randint(70, 420) if spoken else 0
        ended = call.at + timedelta(seconds=duration + self.rng.randint(15, 40))
        trail.take("pick", call.at - 2 * MINUTE, agent, AGENT, State.PICKED)
        trail.by_system(
            "note_bills", call.at - 2 * MINUTE + SECOND, bills=columns["bills"], isolated=columns["isolated"]
        )
        trail.take("start_dial", call.at, agent, AGENT, State.IN_CALL)
        if spoken:
            told = {"receiver": columns["name"], "relation": "pemilik"}
            trail.take("confirm_payer", call.at + 30 * SECOND, agent, AGENT, **told)
        columns |= {
            "attempts": columns["attempts"] + 1, "touched_at": ended, "bills_read_at": call.at - 2 * MINUTE + SECOND,
            "remark": NOTES.get(call.reason, ""), "number_called": number, "at": None, "promised_to": None,
            "receiver": columns["name"] if spoken else "", "relation": "pemilik" if spoken else "",
            "payer_confirmed_at": call.at + 30 * SECOND if spoken else None,
        }  # fmt: skip
        dial = self._dial(trail, call, number, duration, ended)
        result = self._result(trail, call, dial, ended, recalled)
        self._outcome(trail, call, result, ended, number)
        self._enter(result, ended)
        return result

    def _dial(self, trail: Trail, call: Call, number: str, duration: int, ended: datetime) -> Dial:
        """With its attempt. A recording is found by the number of its call; those that end in 00 were not recorded."""
        columns, agent, spoken = trail.columns, self.people.agents[call.agent], duration > 0
        self.call_number += 2 if self.call_number % 100 == 99 else 1
        told = str(self.call_number)
        person = log.customer_key(columns["ncli"])
        every = self.tried.setdefault(person, [])  # everybody has one number
        tried = [one for one in every if one.at < call.at]
        dialled = [one.at for one in tried]
        facts = Facts(dialled, dialled, tried=tried, is_holiday=self.holidays)
        dial = Dial(
            key=UUID(int=self.rng.getrandbits(128)), person=person, number=number, purpose=contact.PURPOSE,
            procedure=Prospect.procedure_name(), case_id=trail.pk, agent=agent, at=call.at, state=Dial.State.DIALLED,
            call_id=f"EB-{told}", ended_at=ended, result=TREE[call.reason].contact, duration=duration,
            recording=f"REC-{told}" if spoken else "",
            proof=proof_of(self.contact_policy, facts, [zones.named(columns["zone"])[0]], call.at, None),
        )  # fmt: skip
        every.append(Tried(call.at, dial.result))
        self.past.dials.append(dial)
        self.past.attempts.append(
            log.attempt(
                person=person, number=number, purpose=contact.PURPOSE, procedure=dial.procedure, case_id=trail.pk,
                at=ended, result=dial.result, answered_by=columns["name"] if spoken else "", agent=agent, dial=dial,
                note=NOTES.get(call.reason, ""),
            )
        )  # fmt: skip
        return dial

    def _outcome(self, trail: Trail, call: Call, result: Trail, at: datetime, number: str) -> None:
        agent, columns, reason = self.people.agents[call.agent], trail.columns, call.reason
        note = columns["remark"]
        match TREE[reason].category:
            case Category.AGREE:
                told = result.columns
                given = {"offer": told["offer"], "willing": True, "promised_on": told["promised_on"].isoformat()}
                trail.take("agree", at, agent, AGENT, State.DONE_AGREE, reason=reason, **given)
            case Category.DECLINE:
                given = {"reason": reason, "script_read": True, "note": note}
                trail.take("decline", at, agent, AGENT, State.DONE_DECLINE, **given)
            case Category.FOLLOW_UP:
                agreed = call.call_at or at
                given = {"reason": reason, "call_at": agreed.isoformat(), "mine": True, "note": note}
                trail.take("follow_up", at, agent, AGENT, State.FOLLOW_UP, **given)
                columns |= {"at": agreed, "ready_at": agreed, "promised_to": agent}
            case _:
                columns["phones"] = contact.left_after(columns["phones"], number, reason)
                left = State.AVAILABLE if columns["phones"] else State.EXHAUSTED
                trail.take("miss", at, agent, AGENT, left, reason=reason)
                columns["ready_at"] = at + timedelta(hours=20)

    # --- its result --------------------------------------------------------------------------------------------------
    def _result(self, trail: Trail, call: Call, dial: Dial, at: datetime, recalled: Trail | None) -> Trail:
        """What `Prospect.new_result` would say of it, recorded; an offer above its limit waits for the leader."""
        agent, columns, leaf = self.people.agents[call.agent], trail.columns, TREE[call.reason]
        agrees = leaf.category == Category.AGREE
        result = Trail(
            CaringResult, next(self.numbers), desk_id="CARING", prospect_id=trail.pk, campaign=columns["campaign"],
            period=columns["period"], day=timezone.localdate(at), fastel=columns["fastel"], ncli=columns["ncli"],
            name=columns["name"], agent=agent, login=agent.username, team=self.people.team,
            attempt=columns["attempts"], number_called=dial.number,
            called_at=dial.at, duration=dial.duration or 0, call_id=dial.call_id, recording=dial.recording,
            status=leaf.status, category=leaf.category, reason=call.reason, receiver=columns["receiver"],
            relation=columns["relation"], is_payer=bool(dial.duration), arrears=columns["total"],
            remark=columns["remark"], entry=Entry.RECALL if recalled else Entry.NEW, workers=[agent.pk],
            supersedes_id=recalled.pk if recalled else None, sampled=agrees, willing=agrees,
        )  # fmt: skip
        lines, above = self._promise(result, trail) if agrees else ([], False)
        target = ResultState.DRAFT if above else ResultState.ENTERING
        result.take("record", at, agent, AGENT, target)
        if above:
            result.columns["awaits"] = Awaits.OFFER
        if agrees:
            self._promised(result, lines)
        self.past.results.append(result)
        return result

    def _promise(self, result: Trail, trail: Trail) -> tuple[Sequence[tuple[date, int]], bool]:
        """A day within ten; 70 % pay in full, 20 % six months, 10 % twelve."""
        told = result.columns
        offer = self.offers[self.chosen.pop()]
        due = told["day"] + timedelta(days=self.rng.randint(1, 10))
        owed: Arrears = billing.arrears(trail.columns["bills"], told["day"], self.policy)
        if not owed.amount:
            owed = Arrears((billing.Due(trail.columns["oldest_month"], trail.columns["total"], 0),))
        made = proposal(offer, owed, due)
        told |= {
            "offer": offer.offer_id, "offer_version": offer.number, "promised_on": due,
            "promised_amount": sum(amount for _due, amount in made.lines), "amount_told": owed.total,
        }  # fmt: skip
        return made.lines, offer.limit is not None and made.relief > offer.limit

    def _promised(self, result: Trail, lines: Sequence[tuple[date, int]]) -> None:
        told = result.columns
        whose = {name: told[name] for name in ("desk_id", "agent", "ncli", "fastel", "period")}
        promise = Promise(result_id=result.pk, made_on=told["day"], **whose)
        rows = [PromiseLine(promise=promise, due=due, amount=amount) for due, amount in lines]
        self.past.promises[result.pk] = promise, rows

    def _enter(self, result: Trail, at: datetime) -> None:
        """Both applications have it some seconds later; what was drawn goes to QC."""
        if result.state == ResultState.DRAFT:
            if at > self.now - timedelta(days=1):
                return  # the leader has not seen it yet
            at += 20 * MINUTE
            result.take("allow", at, self.people.leader, LEADER, ResultState.ENTERING, note="Setuju, sesuai batas TL.")
            result.columns |= {
                "awaits": Awaits.NOTHING, "workers": sorted({*result.columns["workers"], self.people.leader.pk}),
            }  # fmt: skip
        for place, system in enumerate(("mycx", "cwc"), 2):
            result.by_system("confirm_entry", at + place * SECOND, system=system)
        result.by_system("enter_done", at + 3 * SECOND, ResultState.ENTERED)
        result.columns |= {"entered_in": ["cwc", "mycx"], "entered_at": result.at}
        if result.columns["sampled"]:
            result.by_system("draw_for_qc", at + 3 * SECOND, ResultState.QC_QUEUED)
            result.run(CLOCK[JUDGE], result.at)
