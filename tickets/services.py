"""Verbs around the steps of an e-mail case: auto-in, sign-off, leases, what NOSSA reports."""

from __future__ import annotations

import logging
import uuid
from collections.abc import Collection
from typing import Any

from django.db import IntegrityError
from django.db.models import Q, QuerySet
from django.utils import timezone

from tenesa.accounts.models import SYSTEM, User
from tenesa.incidents.feed import Change
from tenesa.incidents.incident_times import NAME
from tenesa.incidents.models import Incident
from tenesa.systems.clients import coordination
from tenesa.systems.errors import SystemError_
from tenesa.systems.models import ExternalCall
from tenesa.systems.readings import plain
from tenesa.workflow.claiming import Queue
from tenesa.workflow.errors import Refusal
from tenesa.workflow.perform import perform
from tenesa.workflow.sparing import spare
from tickets import clocks
from tickets.clocks import WORDS
from tickets.models import EmailCase, ToolCheck
from tickets.selectors import IN_QUEUE
from tickets.states import ENDED, WAITING_FOR_TAKER, WATCHED, WORKED_ON, CheckState, State

logger = logging.getLogger(__name__)


def next_case(user: User, *, but: Collection[int] = ()) -> EmailCase | None:
    """Auto-in: claim the most urgent case that waits for somebody, or None when nothing waits (W-05 1.1.8).

    Two people asking at once get two cases: a row that another one is taking is passed over.
    """
    if not user.workplaces:
        return None
    return _waiting.take_first(user, _taking, but=but)


def _taking(case: EmailCase) -> str:
    return "take" if case.state in WAITING_FOR_TAKER else "pick_up"


Places = frozenset[tuple[str, str | None]]


def _places(user: User) -> Places:
    return frozenset((desk, area) for _role, desk, area in user.places)


def waiting(user: User, _places: Places = frozenset()) -> QuerySet[EmailCase]:
    """What this person may take, the most urgent first."""
    return EmailCase.objects.visible_to(user).filter(IN_QUEUE).order_by("urgent_at", "pk")


_waiting = Queue(_places, waiting)


def give_back(user: User) -> int:
    """Sign-off in the middle: every case the person holds goes back to the queue as it is; drafts stay."""
    return sum(_released(case, user) for case in EmailCase.objects.filter(owner=user, state__in=WORKED_ON))


def expire_leases() -> int:
    """Cases whose holder has been silent past the lease go back to the queue."""
    expired = EmailCase.objects.filter(lease_until__lt=timezone.now(), owner__isnull=False)
    return sum(_released(case, SYSTEM) for case in expired[:500])


def _released(case: EmailCase, actor: Any) -> bool:
    try:
        perform(case, "release", actor=actor)
    except Refusal as refusal:
        logger.info("%s not released: %s", case, refusal)
        return False
    return True


def incident_changed(change: Change) -> None:
    """NOSSA's news of a ticket: the cases that watch it hear of it, the repair clocks of all that name it follow.

    The clock is that of every living case of the incident, whether it watches or not; its row is locked as for a step.
    """
    if not change.opened:
        _note_change(change)
    for case in _living(change.incident).select_for_update(of=("self",)):
        with spare(WORDS[NAME]):
            clocks.keep_repair_time(case, timezone.now())


def say_left_out(incident: Incident, words: str) -> None:
    """Something beside NOSSA's news failed: an alarm on its cases, never the end of the feed."""
    for case in _living(incident):
        _take_if_possible(case, "want_attention", why=words[:300])


def _living(incident: Incident) -> QuerySet[EmailCase]:
    return EmailCase.objects.filter(pk__in=incident.lines.values("case")).exclude(state__in=ENDED).order_by("pk")


def read_group_replies() -> int:
    """Read what the coordination group answered to our posts; each answer is noted once (S-18). Returns how many."""
    waiting = Q(state__in=[State.FORWARDING, State.FORWARDED, State.REQUEST_IN_PROGRESS])
    posts = ExternalCall.objects.filter(
        procedure=EmailCase.procedure_name(),
        system="coordination",
        operation="post",
        status=ExternalCall.Status.DONE,
        case_id__in=EmailCase.objects.filter(waiting).values("pk"),
    )
    return sum(_note_replies(post) for post in posts)


def _note_replies(post: ExternalCall) -> int:
    try:
        replies = coordination().replies(post.answer["message"])
    except SystemError_ as error:
        logger.info("group not read for %s: %s", post, error)
        return 0
    noted = set(ToolCheck.objects.filter(call=post, tool="coordination").values_list("measures__message", flat=True))
    fresh = [reply for reply in replies if reply.message not in noted]
    for reply in fresh:
        case = EmailCase.objects.get(pk=post.case_id)
        summary = f"{reply.author}: {reply.text}"[:300]
        check = ToolCheck(
            id=uuid.uuid5(post.pk, reply.message),  # two workers at once make the same row, and one of them fails
            case=case,
            tool="coordination",
            state=CheckState.UNKNOWN,
            summary=summary,
            measures={"message": reply.message},
            snapshot=plain(reply),
            call=post,
        )
        try:
            perform(case, "note_group_reply", actor=SYSTEM, check=check)
        except (Refusal, IntegrityError) as refusal:
            logger.info("%s: answer of the group not noted: %s", case, refusal)
    return len(fresh)


def _take_if_possible(case: EmailCase, step: str, **inputs: Any) -> None:
    try:
        perform(case, step, actor=SYSTEM, **inputs)
    except Refusal as refusal:
        logger.info("%s: %s not taken: %s", case, step, refusal)


def _note_change(change: Change) -> None:
    """Every case that watches the incident hears what changed: the status from and to, the worklog and whose (E-17);
    one that was escalated meanwhile, too."""
    incident, log = change.incident, change.log
    told: dict[str, Any] = {"incident": incident.number, "status": incident.status, "previous": change.previous}
    if log is not None:
        who = ", ".join(filter(None, [log.created_by, log.owner_group]))
        told |= {"worklog": ": ".join(filter(None, [log.summary, log.detail]))[:500], "worklog_by": who}
    watching = Q(state__in=WATCHED) | Q(state=State.ESCALATED, state_before__in=WATCHED)
    for case in EmailCase.objects.filter(watching, lines__incident=incident).distinct().order_by("pk"):
        try:
            if case.state in {State.TICKET_OPEN, State.PROGRESS_INFORMED}:
                perform(case, "watch", actor=SYSTEM)
            perform(case, "note_change", actor=SYSTEM, **told)
        except Refusal as refusal:
            logger.info("%s did not hear of %s: %s", case, incident, refusal)
