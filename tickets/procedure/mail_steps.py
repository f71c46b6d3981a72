"""Third parties, merge and split, mail that did not arrive, mail for a later hour.

The documents are silent on all of it, so every clause is lokal (ADR-0008).
"""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING

from django.utils.dateparse import parse_datetime
from django.utils.translation import gettext_lazy as _

from segmentation.mixed_segments import segments_of
from tenesa.timers.effects import stop
from tenesa.workflow.step import START, step
from tenesa.workspace.mail_steps import ResendForm, ScheduledMailForm, a_mail_failed, send_again
from tenesa.workspace.ownership import is_mine, is_mine_or_free
from tenesa.workspace.take_back import words_come_back
from tickets import clocks, effects, forms, guards, learnt
from tickets.procedure import mail_effects
from tickets.procedure.base import LEADERS, SYSTEM, WORKERS, EmailProcedure
from tickets.states import BEFORE_THE_NEED, MERGEABLE, OPEN, WORKED_ON, State, Unread

if TYPE_CHECKING:
    from collections.abc import Sequence

    from tenesa.mail.models import InboundMail, OutboundMail
    from tickets.models import EmailCase

CLAUSE = "lokal: ADR-0008"


class MailSteps(EmailProcedure):
    class Meta:
        abstract = True

    # --- third parties -------------------------------------------------------------------------------------------
    @step(
        requirement="E-06",
        clause=CLAUSE,
        activity="7.7",
        label=_("A third party answered"),
        roles=SYSTEM,
        source=OPEN,
        target=None,
    )
    def note_third_party(self, *, mail: InboundMail) -> None:
        self.has_news(Unread.UNIT)

    @step(
        requirement="E-06",
        clause=CLAUSE,
        activity="7.7",
        label=_("A third party answered after closing"),
        roles=SYSTEM,
        source=State.CLOSED,
        target=State.REOPENED,
        effects=[clocks.third_party],
    )
    def reopen_for_third_party(self, *, mail: InboundMail) -> None:
        self.owner = None
        self.has_news(Unread.UNIT)

    # --- one matter in two mails ---------------------------------------------------------------------------------
    @step(
        clause=CLAUSE,
        activity="7.1",
        label=_("Join the case that the mail names"),
        roles=WORKERS,
        source=[State.NEW, State.ASSIGNED],
        target=State.MERGED,
        guards=[is_mine_or_free, guards.names_a_case, guards.nothing_held],
        effects=[mail_effects.tell_target, stop()],
    )
    def join_case(self) -> None:
        self.state_before, self.merged_into = self.state, self.referenced_case

    @step(
        clause=CLAUSE,
        activity="7.1",
        label=_("Merge into another case"),
        roles=WORKERS,
        source=MERGEABLE,
        target=State.MERGED,
        form=forms.MergeForm,
        guards=[is_mine_or_free, guards.nothing_held],
        effects=[mail_effects.tell_target, stop()],
    )
    def merge(self, *, into: EmailCase) -> None:
        self.state_before, self.merged_into = self.state, into

    @step(
        clause=CLAUSE,
        activity="7.1",
        label=_("Another case was merged into this one"),
        roles=SYSTEM,
        source=tuple(state for state in OPEN if state != State.TICKET_SUBMITTING),  # MyCX owes it a number first
        target=None,
        effects=[stop(*clocks.REFERENCE), mail_effects.receive_lines, clocks.follow_nossa],
    )
    def take_in(self, *, merged: str, given: EmailCase) -> None:
        learnt.learn(self, given)  # type: ignore[arg-type]

    @step(
        clause=CLAUSE,
        activity="7.1",
        label=_("Another case was merged into this one, which was closed"),
        roles=SYSTEM,
        source=State.CLOSED,
        target=State.REOPENED,
        effects=[clocks.first_response, mail_effects.receive_lines, clocks.follow_nossa],
    )
    def reopen_with_case(self, *, merged: str, given: EmailCase) -> None:
        learnt.learn(self, given)  # type: ignore[arg-type]
        self.owner, self.answered_at = None, None

    @step(
        clause=CLAUSE,
        activity="7.1",
        label=_("Take apart again"),
        roles=WORKERS,
        source=State.MERGED,
        target=MERGEABLE,
        form=forms.ReasonForm,
        effects=[mail_effects.let_go_of, mail_effects.restore_clocks],
    )
    def unmerge(self) -> str:
        self.merged_into = None
        return self.state_before

    @step(
        clause=CLAUSE,
        activity="7.1",
        label=_("A merged case was taken out again"),
        roles=SYSTEM,
        source=list(State),
        target=None,
        effects=[mail_effects.return_lines, clocks.follow_nossa, mail_effects.wait_for_reference],
        then=["close_again"],
    )
    def let_go(self, *, merged: str, given: EmailCase) -> None:
        """What a person has confirmed since the merging stays."""
        learnt.forget(self, given)  # type: ignore[arg-type]

    @step(
        clause=CLAUSE,
        activity="7.1",
        label=_("Closed as before: only the merging had opened it"),
        roles=SYSTEM,
        source=State.REOPENED,
        target=State.CLOSED,
        guards=[guards.only_merging_opened_it],
        effects=[stop()],
    )
    def close_again(self) -> None:
        opening = guards.opened_by_merging(self)
        before = opening.data if opening else {}
        self.owner_id, self.unread_by = before.get("held_by"), ""
        self.answered_at = parse_datetime(before.get("answered_at") or "")

    # --- two matters in one mail ---------------------------------------------------------------------------------
    @step(
        requirement="E-03",
        clause=CLAUSE,
        activity="7.1",
        label=_("Split: some products into a case of their own"),
        roles=WORKERS,
        source=BEFORE_THE_NEED,
        target=BEFORE_THE_NEED,
        form=forms.SplitForm,
        guards=[is_mine, guards.has_two_products],
        effects=[mail_effects.open_split],
    )
    def split(self, *, product_ids: list[str]) -> str:
        known = self.known_product_ids()
        self.set_lines(known, "")
        segments = set(segments_of([one for one in known if one not in product_ids]).values())
        if self.state == State.ASSIGNED or not segments or segments == {self.segment}:
            return str(self.state)
        self.segment, self.segment_source, self.segment_reason = "", "", ""  # read of a product that is leaving
        self.kind, self.complaint = "", ""
        return State.ASSIGNED

    @step(
        requirement="E-03",
        clause=CLAUSE,
        activity="7.1",
        label=_("Opened by splitting a mail"),
        roles=SYSTEM,
        source=START,
        target=[State.ASSIGNED, State.SEGMENT_CHECKED],
        effects=[mail_effects.move_lines, clocks.first_response, effects.read_segment, effects.read_tickets],
    )
    def open_split(self, *, source: EmailCase, product_ids: Sequence[str]) -> str:
        self.unread_by = ""
        return State.SEGMENT_CHECKED if self.segment else State.ASSIGNED

    # --- mail that did not arrive --------------------------------------------------------------------------------
    @step(
        requirement="X-04",
        clause=CLAUSE,
        activity="7.11",
        label=_("Send the mail again"),
        roles=LEADERS,
        source=[*OPEN, State.CLOSED],
        target=None,
        form=ResendForm,
        guards=[a_mail_failed],
        effects=[send_again, clocks.waits_again],
    )
    def resend(self) -> None: ...

    @step(
        requirement="X-04",
        clause=CLAUSE,
        activity="7.11",
        label=_("Answer by phone instead"),
        roles=WORKERS,
        source=[*WORKED_ON, State.CLOSED],
        target=None,
        form=forms.PhoneForm,
        guards=[is_mine_or_free, a_mail_failed],
        effects=[mail_effects.told_by_phone, stop("first_response", "customer_replied"), clocks.waits_again],
        then=["finish_hand_over"],
    )
    def answer_by_phone(self, *, at: datetime, mail: OutboundMail) -> None:
        self.answered_at = self.answered_at or at
        if mail.purpose == "education":
            self.educated_at = self.educated_at or at
        elif mail.purpose == "forward":
            self.forwarded_at = self.forwarded_at or at

    # --- mail for a later hour -----------------------------------------------------------------------------------
    @step(
        requirement="E-30",
        clause=CLAUSE,
        activity="7.11",
        label=_("Send a scheduled mail now"),
        roles=WORKERS,
        source=[*WORKED_ON, State.CLOSED],
        target=None,
        form=ScheduledMailForm,
        guards=[is_mine_or_free, guards.a_mail_is_scheduled],
        effects=[mail_effects.send_scheduled],
    )
    def send_now(self) -> None: ...

    @step(
        requirement="E-30",
        clause=CLAUSE,
        activity="7.11",
        label=_("Take a scheduled mail back"),
        roles=WORKERS,
        source=WORKED_ON,
        target=None,
        form=ScheduledMailForm,
        guards=[is_mine_or_free, guards.a_mail_is_scheduled],
        effects=[mail_effects.cancel_scheduled, words_come_back],
    )
    def cancel_mail(self, *, mail: OutboundMail, letter: int | None = None) -> None:
        if letter is not None and mail.event.at == self.answered_at:
            self.answered_at = None
