"""When each guard of an escalation lets pass and when it refuses, on real rows; the code is asked only for its answer.

rini asks, dewi is another agent, bowo leads the team, hendra supervises.
"""

from __future__ import annotations

from typing import Any

import pytest
from django.utils.translation import override

from tenesa.accounts.models import Presence, PresenceState, User
from tenesa.accounts.roles import Role
from tenesa.escalation.models import Escalation
from tenesa.workflow.step import steps_of
from tests import factories
from tests.platform.test_escalation import escalated
from tickets.models import EmailCase

Facts = dict[str, Any]

# guard | facts that let pass | facts that refuse. “by” is who acts; the rest are columns and what else is so.
TRUTH: dict[str, tuple[list[Facts], list[Facts]]] = {
    "you did not ask for it yourself": ([{"by": "bowo"}, {"by": "dewi"}], [{"by": "rini"}]),
    "it waits for your level, or for you": (
        [{"by": "bowo"}, {"by": "hendra"}, {"by": "hendra", "level": "SUPERVISOR"}, {"by": "dewi", "owner": "dewi"},
         {"by": "hendra", "owner": "bowo"}],
        [{"by": "dewi"}, {"by": "bowo", "level": "SUPERVISOR"}, {"by": "bowo", "owner": "hendra"}],
    ),
    "it was asked of you": ([{"by": "dewi", "owner": "dewi"}, {"by": "bowo", "owner": "dewi"}],
                            [{"by": "rini", "owner": "dewi"}, {"by": "dewi"}]),
    "you asked for it, or you lead": ([{"by": "rini"}, {"by": "bowo"}, {"by": "hendra"}], [{"by": "dewi"}]),
    "you asked for it; once the unit has it, also a leader": (
        [{"by": "rini"}, {"by": "rini", "state": "WITH_UNIT", "unit": "TELKOM"},
         {"by": "bowo", "state": "WITH_UNIT", "unit": "TELKOM"}],
        [{"by": "bowo"}, {"by": "dewi"}, {"by": "dewi", "state": "WITH_UNIT", "unit": "TELKOM"}],
    ),
    "you asked for it, decide about it, or lead": (
        [{"by": "rini"}, {"by": "bowo"}, {"by": "hendra"}, {"by": "dewi", "owner": "dewi"},
         {"by": "dewi", "decided_by": "dewi"}],
        [{"by": "dewi"}, {"by": "dewi", "owner": "bowo"}],
    ),
    "there is a higher level": (
        [{"by": "bowo", "level": "TEAM_LEADER"}, {"by": "bowo", "level": "SUPERVISOR"},
         {"by": "bowo", "level": "MANAGER"}],  # does not wait for them: `is_for_you` says for whom
        [{"by": "bowo", "level": "MANAGER", "owner": "bowo"}],
    ),
    "somebody of a higher level is at work": (
        [{}, {"level": "MANAGER", "owner": "bowo"}, {"by": "dewi", "away": ["hendra"]}],  # others say why it is not
        [{"away": ["hendra"]}, {"by": "hendra", "level": "SUPERVISOR"}],
    ),
    "nobody of the level is at work": (
        [{"away": ["bowo"]}, {"level": "SUPERVISOR", "away": ["hendra"]}, {"owner": "dewi", "away": ["dewi"]}],
        [{}, {"level": "SUPERVISOR"}, {"owner": "dewi", "away": ["bowo"]}],
    ),
    "somebody of a higher level is at work, or nobody of this one": (
        [{}, {"away": ["bowo"]}, {"away": ["bowo", "hendra"]}, {"level": "SUPERVISOR", "away": ["hendra"]}],
        [{"away": ["hendra"]}, {"level": "SUPERVISOR"}, {"level": "SUPERVISOR", "away": ["bowo"]}],
    ),
    "somebody who may decide has come": (
        [{"level": "MANAGER"}, {"level": "SUPERVISOR", "away": ["hendra"]}, {"away": ["bowo"]}],
        [{}, {"level": "SUPERVISOR"}, {"level": "MANAGER", "owner": "hendra"}, {"away": ["bowo", "hendra"]}],
    ),
    "the case has moved on": ([{"case": "CLOSED"}, {"case": "TROUBLESHOOTING"}], [{}, {"case": "ESCALATED"}]),
    "the case can still change hands or be helped": (
        [{}, {"case": "ESCALATED"}], [{"case": "CLOSED"}, {"case": "TROUBLESHOOTING"}],
    ),
    "it is about help, not about who holds the case": ([{"purpose": "HELP"}], [{"purpose": "TAKE_OVER"}]),
}  # fmt: skip
with override("en"):
    GUARDS = {str(guard.label): guard for step in steps_of(Escalation).values() for guard in step.guards}
CASES = [
    (name, let, place)
    for name, (passing, refusing) in TRUTH.items()
    for let, facts in ((True, passing), (False, refusing))
    for place in range(len(facts))
]


def test_every_guard_has_its_truth() -> None:
    assert set(GUARDS) == set(TRUTH)


@pytest.mark.django_db
@pytest.mark.parametrize("guard", CASES)
def test_it_lets_pass_and_refuses(
    guard: tuple[str, bool, int], rini: User, dewi: User, bowo: User, hendra: User
) -> None:
    name, let, place = guard
    facts = TRUTH[name][0 if let else 1][place]
    people = {"rini": rini, "dewi": dewi, "bowo": bowo, "hendra": hendra}
    one = escalated(rini)
    columns = {key: value for key, value in facts.items() if key not in {"by", "away", "case"}}
    columns |= {name: people[columns[name]] for name in ("owner", "decided_by") if name in columns}
    Escalation.objects.filter(pk=one.pk).update(**columns)
    if "case" in facts:
        factories.put(EmailCase.objects.get(pk=one.case_id), facts["case"])
    for username in facts.get("away", ()):
        Presence.objects.filter(user=people[username]).update(state=PresenceState.OFFLINE)  # whoever signs off is told
    actor = User.objects.get(pk=people[facts.get("by", "bowo")].pk)
    words = GUARDS[name].refuses(Escalation.objects.get(pk=one.pk), actor)
    assert bool(words) is not let, words


@pytest.mark.django_db
def test_a_leader_who_asks_is_nobody_to_decide(bowo: User) -> None:
    one = escalated(bowo)
    guard = GUARDS["nobody of the level is at work"]
    assert guard.refuses(Escalation.objects.get(pk=one.pk), bowo) == ""
    factories.person("maria", Role.TEAM_LEADER)
    assert guard.refuses(Escalation.objects.get(pk=one.pk), bowo)
