"""The past of the demonstration, story by story: after the calls QC, promises and the team leader's check."""

from __future__ import annotations

from datetime import datetime, time, timedelta

from django.utils import timezone

from caring.demo.calls import AGENT, CLOCK, LEADER, MINUTE, QCO, SECOND, Calls
from caring.demo.plan import Call, Story
from caring.demo.trail import Trail
from caring.models import CaringResult, Promise, Verdict
from caring.promises import rules
from caring.promises.writing import KIND, asked_on
from caring.prospects.states import APPOINTMENT, State
from caring.quality import instruments
from caring.results.states import FOLLOW, REENTER, Ended, ReturnClass
from caring.results.states import State as ResultState
from caring.tree import TREE, Category, Reason
from tenesa.accounts.models import User
from tenesa.commitments.models import Commitment

RETURN_WORDS = {
    "PAYER": (ReturnClass.INPUT, "Pastikan dulu bahwa yang bicara penanggung jawab pembayaran."),
    "BILL": (ReturnClass.PRODUCT, "Skema penagihan dijelaskan ulang, termasuk denda bulan kedua."),
    "WILLING": (ReturnClass.OFFER, "Minta pernyataan bersedia yang jelas."),
    "CONTRACT": (ReturnClass.OFFER, "Bacakan ulang kesepakatan lengkap dengan tanggal dan jumlahnya."),
    "RECORDED": (ReturnClass.INPUT, "Rekaman tidak ditemukan, panggil ulang."),
    "OTHER": (ReturnClass.INPUT, "Nomor yang ditelepon tidak sesuai data."),
}


class Teller(Calls):
    """Tells the stories one after another. Of what was returned and of what was due, so many were there before."""

    returned = due = unkept = 0

    def tell(self, story: Story, trail: Trail) -> None:
        """The calls, and where the prospect stands after them."""
        for call in story.calls:
            result = self.call(trail, call)
            if TREE[call.reason].category == Category.AGREE:
                self.judge(trail, result, call)
        if story.debt.fate == "PAID":
            self._paid(story, trail)
        if trail.state in {State.AVAILABLE, State.FOLLOW_UP}:
            when = trail.columns["ready_at"]
            trail.columns["ready"] = when <= self.now
        at = trail.columns.get("at")
        if trail.state == State.FOLLOW_UP and at is not None:
            trail.due(APPOINTMENT, trail.at, max(at, trail.at + SECOND))

    def _paid(self, story: Story, trail: Trail) -> None:
        days = self.diary.days(timezone.localdate(story.loaded_at) + timedelta(days=1))
        at, agent = self.diary.slot(self.rng.choice(days))
        trail.take("pick", at, self.people.agents[agent], AGENT, State.PICKED)
        trail.by_system("find_paid", at + 2 * SECOND, State.PAID)
        trail.columns |= {"bills": {}, "isolated": False, "bills_read_at": trail.at, "ready": False, "touched_at": at}

    # --- QC ----------------------------------------------------------------------------------------------------------
    def judge(self, trail: Trail, result: Trail, call: Call) -> None:
        """The next working morning, unless that is still to come: approved, or what `returns` says of it."""
        if result.state == ResultState.DRAFT:
            return
        at = self._next_working(result.at, 9, 15)
        if at > self.now - timedelta(minutes=30):
            return
        way = call.way
        if not way:
            self._verdict(result, at, self._judge_of(result.pk), "")
            self._confirmed(result)
            return
        code = self.criteria[self.returned % len(self.criteria)]
        self.returned += 1
        first = self._verdict(result, at, self._judge_of(result.pk), code)
        if way == "appeal":
            self._appeal(result, first, at)
        elif way != "returned":
            self._recall(trail, result, call, way)

    def _judge_of(self, place: int) -> User:
        return self.people.judges[place % len(self.people.judges)]

    def _verdict(
        self, result: Trail, at: datetime, qco: User, wrong: str, before: Verdict | None = None
    ) -> Verdict:  # fmt: skip
        """Taken, and decided some minutes later; `wrong` is the criterion that is not met."""
        result.take("claim", at, qco, QCO, ResultState.QC_CLAIMED)
        at += self.rng.randint(4, 11) * MINUTE
        ticks = {code: code != wrong for code in self.criteria}
        scores = {item.code: not wrong or item.code != "SUMMARY" for item in self.card.items.all()}
        kind, words = RETURN_WORDS.get(wrong, (ReturnClass.INPUT, ""))
        verdict = Verdict(
            result_id=result.pk, result_version=1, desk_id=result.columns["desk_id"], agent=result.columns["agent"],
            gate=self.gate, ticks=ticks, scorecard=self.card, scores=scores,
            kind=Verdict.Kind.APPEAL if before else Verdict.Kind.DECIDING, qco=qco, at=at, supersedes=before,
            decision=Verdict.Decision.RETURNED if wrong else Verdict.Decision.APPROVED, recommendation=words,
            score=instruments.score(self.card.items.all(), scores), note="" if wrong else "Sesuai parameter.",
        )  # fmt: skip
        self.past.verdicts.append(verdict)
        given = {"judged_at": at, "qco": qco, "judged_version": 1, "approved": not wrong, "appeal_open": False}
        result.columns |= given
        if wrong:
            result.take("return_to_agent", at, qco, QCO, ResultState.RETURNED, return_class=kind, recommendation=words)
            result.columns |= {"return_class": kind, "recommendation": words, "returned_at": at}
            result.run(CLOCK[FOLLOW], at)
        else:
            result.take("approve", at, qco, QCO, ResultState.APPROVED, note="Sesuai parameter.")
            result.clock = None
        return verdict

    def _appeal(self, result: Trail, first: Verdict, at: datetime) -> None:
        """Asked for by the leader, decided by another QCO; won."""
        reason, leader = "Pernyataan bersedia ada pada menit kedua rekaman.", self.people.leader
        asked = at + timedelta(hours=2)
        result.take("ask_again", asked, leader, LEADER, ResultState.QC_QUEUED, reason=reason)
        result.columns |= {"appeal": reason, "appealed_at": asked, "appealed_by": leader}
        other = next(one for one in self.people.judges if one != first.qco)
        self._verdict(result, asked + timedelta(hours=1), other, "", first)
        self._confirmed(result)

    def _recall(self, trail: Trail, result: Trail, call: Call, way: str) -> None:
        """Passed on by the leader; called again by the same agent on the next working day, or not yet."""
        leader, agent = self.people.leader, self.people.agents[call.agent]
        at = result.at + timedelta(minutes=50)
        result.take("pass_on", at, leader, LEADER, ResultState.RECALL, note="Mohon dipanggil ulang.")
        result.columns["workers"] = sorted({*result.columns["workers"], leader.pk})
        result.run(CLOCK[FOLLOW], at)
        trail.by_system("call_again", at, State.FOLLOW_UP, result=result.pk, agent=agent.pk)
        trail.columns |= {"recall_id": result.pk, "promised_to": agent, "at": at, "ready_at": at, "number_called": ""}
        if way == "recall":
            return
        reason = Reason.KEEPS if way == "again" else Reason.NO_MONEY
        again = self._next_working(at, 9, 15)
        result.by_system("supersede", again + 5 * MINUTE, ResultState.SUPERSEDED)
        result.clock = None
        self._settle(result, Promise.State.SUPERSEDED, result.at)
        made = self.call(trail, Call(again, call.agent, reason), recalled=result)
        if way == "again":
            self.judge(trail, made, Call(again, call.agent, reason))

    def _next_working(self, after: datetime, first: int, last: int) -> datetime:
        day = self.diary.next_day(timezone.localdate(after))
        minute = time(self.rng.randint(first, last), self.rng.randrange(60))
        return timezone.make_aware(datetime.combine(day, minute))

    # --- the promise -------------------------------------------------------------------------------------------------
    def _confirmed(self, result: Trail) -> None:
        """Watched from the approval on; judged when I-payment was asked, 60 % of what was due is kept."""
        promise, lines = self.past.promises[result.pk]
        promise.state = Promise.State.OPEN
        asked = max(asked_on(lines[-1].due + rules.COUNTS_UNTIL), result.at)
        watched = Commitment(
            procedure=CaringResult.procedure_name(), case_id=result.pk, kind=KIND, made_at=result.at, until=asked
        )
        self.past.commitments.append(watched)
        if asked > self.now:
            return
        wanted = sum(line.amount for line in lines)
        state = self._kept()
        paid = {Promise.State.KEPT: wanted, Promise.State.PARTIAL: wanted * 2 // 5}.get(state, 0)
        result.by_system("ask_payments", asked)
        result.by_system("judge_promise", asked + 3 * SECOND, verdict=state, paid=paid)
        self._settle(result, state, result.at, paid)
        watched.state = Commitment.State.KEPT if paid == wanted else Commitment.State.BROKEN
        watched.closed_at = result.at

    def _kept(self) -> Promise.State:
        """Three of five; of the others nine of forty in part."""
        self.due += 1
        if self.due * 3 // 5 > (self.due - 1) * 3 // 5:
            return Promise.State.KEPT
        self.unkept += 1
        return Promise.State.PARTIAL if self.unkept * 9 // 40 > (self.unkept - 1) * 9 // 40 else Promise.State.BROKEN

    def _settle(self, result: Trail, state: Promise.State, at: datetime, paid: int = 0) -> None:
        promise, _lines = self.past.promises[result.pk]
        promise.state, promise.settled_at, promise.paid = state, at, paid
        promise.asked_at = None if state == Promise.State.SUPERSEDED else at

    # --- the team leader ---------------------------------------------------------------------------------------------
    def check(self) -> None:
        """Signed in the evening of the next working day; some were entered again before, a few are to be."""
        wrong = self.rng.sample([one for one in self.past.results if one.state == ResultState.ENTERED], 48)
        healed = {one.pk for one in wrong if one.columns["day"] < self.open_from}
        asked = [one for one in wrong if one.pk not in healed][:4]
        for result in self.past.results:
            if result.pk in healed:
                self._reentered(result)
            if result.state in {ResultState.ENTERED, ResultState.APPROVED} and result.columns["day"] < self.open_from:
                at = self._evening(result.at)
                if at < self.now:
                    result.take("finalise", at, self.people.leader, LEADER, ResultState.FINAL)
                    result.columns["ended_how"] = Ended.CHECKED
        for result in asked:
            self._asked(result, min(self._evening(result.at), self.now - timedelta(hours=1)))

    def _evening(self, after: datetime) -> datetime:
        return self._next_working(after, 20, 20)

    def _asked(self, result: Trail, at: datetime) -> None:
        words, by = "TAMARA: alasan berbeda", self.diary.next_day(timezone.localdate(at))
        for step, state in (("find_mismatch", ResultState.TL_MISMATCH), ("ask_reinput", ResultState.REINPUT)):
            result.take(step, at, self.people.leader, LEADER, state, difference=words, by=by.isoformat())
        result.columns |= {"difference": words, "reinput_by": by}
        result.run(CLOCK[REENTER], at)

    def _reentered(self, result: Trail) -> None:
        told, agent = result.columns, result.columns["agent"]
        self._asked(result, self._evening(result.at))
        at = self._next_working(result.at, 9, 9)
        given = {"reason": told["reason"], "note": told["remark"]}
        result.take("reenter", at, agent, AGENT, ResultState.ENTERING, **given)
        for place, system in enumerate(("mycx", "cwc"), 2):
            result.by_system("confirm_entry", at + place * SECOND, system=system)
        result.by_system("enter_done", at + 4 * SECOND, ResultState.ENTERED)
        told |= {"entered_at": result.at, "difference": "", "reinput_by": None}
        result.clock = None
