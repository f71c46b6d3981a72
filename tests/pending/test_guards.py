"""When each guard of W-02 lets pass and when it refuses, on real rows; the code is asked only for its answer."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from django.utils import timezone
from django.utils.translation import override

from pending.models import PendingRequest
from tenesa.accounts.models import PresenceState, User
from tenesa.accounts.presence import change_presence
from tenesa.escalation.models import Escalation
from tenesa.escalation.services import ask
from tenesa.mail.models import Mailbox
from tenesa.workflow.step import steps_of
from tests import factories
from tests.pending.desk import again, ahead, asked, put_attempt

Facts = dict[str, Any]
NOW = timezone.now()


def tried(*minutes_ago: int, result: str = "NO_ANSWER", by: str = "PHONE") -> Facts:
    return {"tried": [(minutes, result, by) for minutes in minutes_ago]}


# guard | facts that let pass | facts that refuse. “owner” is who works on it, “ready” the presence of the one who asks.
TRUTH: dict[str, tuple[list[Facts], list[Facts]]] = {
    "you are ready (auto-in)": ([{"ready": "AVAILABLE"}], [{"ready": "AUX"}, {"ready": "OFFLINE"}]),
    "nobody works on it": ([{"owner": None}], [{"owner": "rini"}, {"owner": "dewi"}]),
    "you work on it": ([{"owner": "rini"}], [{"owner": None}, {"owner": "dewi"}]),
    "nobody else works on it": ([{"owner": "rini"}, {"owner": None}], [{"owner": "dewi"}]),
    "there is a mailbox to write from": ([{"mailbox": True}], [{}, {"mailbox": False}]),
    "no escalation waits for a decision": ([{}, {"asked": "ended"}], [{"asked": "live"}]),
    "you work on it, or you lead": (
        [{"owner": "rini"}, {"owner": "dewi", "leads": True}],
        [{"owner": None}, {"owner": "dewi"}, {"owner": None, "leads": True}],
    ),
    "the customer wrote": (
        [{"wrote_at": NOW}, {"wrote_at": NOW, "read_at": NOW - timedelta(minutes=1)}],
        [{}, {"wrote_at": NOW, "read_at": NOW}],
    ),
    "NOSSA was read": ([{"checked_at": NOW}], [{}, {"problem": "NOSSA diam"}]),
    "the ticket is open": (
        [{"status": one} for one in ("NEW", "BACKEND", "INPROG", "PENDING")],
        [{"status": one} for one in ("FINALCHECK", "RESOLVED", "MEDIACARE", "SALAMSIM", "CLOSED")],
    ),
    "the ticket is not on hold already": (
        [{"status": "BACKEND"}, {"status": "PENDING", "held_until": NOW}],
        [{"status": "PENDING"}, {"status": "SLAHOLD"}],
    ),
    "the next call is allowed": (
        [{}, tried(11), tried(40, 25), tried(2, by="INBOUND")],
        [tried(2), tried(9), tried(40, 5)],
    ),
    "the customer was reached": ([{"connected_at": NOW}], [{}, tried(12)]),
    "attempts by the rule, and none connected": (
        [tried(12, 24, 36), tried(5, 15, 25, 35)],
        [{}, tried(12, 24), tried(12, 14, 16), tried(5, 45, 90), {**tried(12, 24, 36), "connected_at": NOW},
         tried(12, 24, 36, by="INBOUND")],
    ),
    "no appointment was made yet": ([{}], [{"call_back_at": NOW}]),
    "it was extended fewer times than allowed": ([{"extension": 0}, {"extension": 1}], [{"extension": 2}]),
    "it extends a hold that runs": ([{"held_until": NOW}], [{}]),
    "it does not extend a running hold": ([{}], [{"held_until": NOW}]),
    "the agreed time has come": (
        [{"state": "PENDED", "until": NOW - timedelta(seconds=1)}, {"held_until": NOW - timedelta(seconds=1)}],
        [{"state": "PENDED", "until": NOW + timedelta(hours=1)}, {"held_until": NOW + timedelta(hours=1)}, {},
         {"until": NOW - timedelta(seconds=1)}],
    ),
}  # fmt: skip
with override("en"):
    GUARDS = {str(guard.label): guard for step in steps_of(PendingRequest).values() for guard in step.guards}
CASES = [
    (name, let, place)
    for name, (passing, refusing) in TRUTH.items()
    for let, facts in ((True, passing), (False, refusing))
    for place in range(len(facts))
]


def test_every_guard_has_its_truth() -> None:
    with_the_mails = {"a mail did not arrive", "your last step sent nothing yet but mail that is still held"}
    assert set(GUARDS) - with_the_mails == set(TRUTH)


def arranged(facts: Facts, ujang: User, people: dict[str | None, User]) -> PendingRequest:
    request = asked(ujang)
    elsewhere = {"tried", "ready", "leads", "mailbox", "asked"}
    columns = {name: value for name, value in facts.items() if name not in elsewhere}
    if "mailbox" in facts:
        Mailbox.objects.filter(pk=factories.mailbox().pk).update(active=facts["mailbox"])
    if "asked" in facts:
        one = ask(request, people["rini"], reason="Mohon bantuan.", level="TEAM_LEADER")
        Escalation.objects.filter(pk=one.pk).update(state="APPROVED" if facts["asked"] == "ended" else "ASKED")
    if "owner" in columns:
        columns["owner"] = people.get(columns["owner"])
    if "status" in columns:
        columns["snapshot"] = {"status": columns.pop("status")}
    if columns.get("state") == "PENDED":
        columns |= {"answer": "AGREED", "connected_at": NOW, "attempts_made": 1}
    PendingRequest.objects.filter(pk=request.pk).update(**columns)
    for minutes, result, by in facts.get("tried", ()):
        put_attempt(request, people["rini"], result=result, by=by, at=ahead(minutes=-minutes))
    return again(request)


@pytest.mark.django_db
@pytest.mark.parametrize("guard", CASES)
def test_it_lets_pass_and_refuses(
    guard: tuple[str, bool, int], ujang: User, rini: User, dewi: User, bowo: User
) -> None:
    name, let, place = guard
    facts = TRUTH[name][0 if let else 1][place]
    request = arranged(facts, ujang, {"rini": rini, "dewi": dewi})
    if "ready" in facts:
        change_presence(rini, PresenceState(facts["ready"]), reason="break")
    actor = bowo if facts.get("leads") else rini
    words = GUARDS[name].refuses(request, User.objects.get(pk=actor.pk))
    assert bool(words) is not let, words
