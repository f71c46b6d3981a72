"""The same call, callback or customer in several hands at once, on connections of their own (requirements 7.1).

No sleep decides who is first: the rows are held until all are seen waiting for them, then let go.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from datetime import timedelta
from functools import partial
from itertools import permutations
from operator import itemgetter
from threading import Thread
from typing import Any

import pytest
from django.db import connection, transaction
from django.db.models import QuerySet
from django.utils import timezone

from segmentation.lists import ListEntry
from segmentation.models import Customer
from tenesa.accounts.models import SYSTEM, PresenceState, User
from tenesa.accounts.presence import change_presence
from tenesa.accounts.roles import Role
from tenesa.audit.verify import broken_links
from tenesa.commitments.models import Commitment
from tenesa.workflow import locks
from tenesa.workflow.errors import NotNow
from tenesa.workflow.perform import perform
from tests.journeys.patience import eventually
from tests.platform.test_perform import in_threads
from tests.segmentation import entries
from tests.vvip import desk
from vvip.callbacks import queue
from vvip.callbacks.states import State as CallbackState
from vvip.calls.states import State
from vvip.models import Callback, SpecialCase

pytestmark = [
    pytest.mark.slow,
    pytest.mark.django_db(transaction=True),
    pytest.mark.usefixtures("systems", "all_hours"),
]
Work = Callable[[], Any]
NAMES = ("claim", "help_now", "approve")


@pytest.fixture(autouse=True)
def _a_deadlock_is_a_failure(monkeypatch: pytest.MonkeyPatch) -> None:
    """A step that PostgreSQL ends is otherwise done again, and nobody would see it here."""
    monkeypatch.setattr(locks, "DEADLOCK", "")


def one_after_another(held: Sequence[QuerySet[Any]], works: Sequence[Work]) -> list[Any]:
    """Each on a connection of its own, in this order at the rows that are held until all wait there (or are done, as
    they need none of them); what each returned or raised."""
    outcomes: dict[int, Any] = {}

    def run(place: int) -> None:
        outcomes[place] = in_threads(1, lambda _number: works[place]())[0]

    threads = [Thread(target=run, args=(place,)) for place in range(len(works))]
    try:
        with transaction.atomic():
            for rows in held:
                list(rows.select_for_update())
            for number, thread in enumerate(threads, start=1):
                thread.start()
                eventually(partial(_all_there, number, outcomes), what=lambda: f"all to wait: {outcomes}")
    finally:
        for thread in threads:
            if thread.is_alive():
                thread.join()
    return [outcome for _place, outcome in sorted(outcomes.items(), key=itemgetter(0))]


def _all_there(number: int, outcomes: Mapping[int, Any]) -> bool:
    """So many wait for a row, or are done."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_stat_clear_snapshot()")  # of this transaction, which began before
        cursor.execute(
            "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock'"
        )
        return int(cursor.fetchone()[0]) + len(outcomes) >= number


def lost(outcomes: Sequence[Any]) -> list[str]:
    """The words for those who came too late; whatever else was raised is raised again."""
    refused = [one for one in outcomes if isinstance(one, NotNow)]
    for one in outcomes:
        if isinstance(one, Exception) and not isinstance(one, NotNow):
            raise one
    assert all(one.status == 409 for one in refused)
    return [str(one) for one in refused]


# --- a call and its callback -----------------------------------------------------------------------------------------
def waiting_again(sari: User, tio: User, lina: User) -> Callback:
    """A super emergency that the back-end did not solve waits for whoever of Tier 2 is free; the customer did not hear
    the promised news, and the leader is asked to see to it."""
    call = desk.emergency(sari, tio, lina)
    late = timezone.now() - timedelta(minutes=1)
    SpecialCase.objects.filter(pk=call.pk).update(news_due=late)
    Commitment.objects.update(made_at=late - timedelta(hours=2), until=late)
    perform(call, "miss_news", actor=SYSTEM)
    change_presence(tio, PresenceState.OFFLINE)
    perform(call, "take_result", actor=lina, data={"answer": "Port sehat.", "solved": False})
    return call.callbacks.get(state=CallbackState.QUEUED)


def with_the_leader(sari: User, tio: User, lina: User) -> Callback:
    """Tier 2 has reached the customer, and the leader is asked for a super emergency."""
    desk.listed("PUBLIC_FIGURE")
    desk.way_out()
    return desk.asking_for_emergency(sari, tio)


def works_on(callback: Callback, sari: User, lina: User) -> dict[str, Work]:
    wati, asked = desk.person("wati", Role.AGENT_TIER2), desk.asked(callback.call)
    helped = {**desk.ASKED, "analysis": "Pelanggan menelepon lagi.", "solution": "Pulih."}
    return {
        "claim": lambda: perform(callback, "claim", actor=wati),
        "help_now": lambda: perform(callback.call, "help_now", actor=sari, data=helped),
        "approve": lambda: perform(asked, "approve", actor=lina, data={"note": "Setuju."}),
    }


def done_by(callback: Callback, held: int, order: Sequence[str], works: dict[str, Work]) -> dict[str, Any]:
    rows = [type(one)._default_manager.filter(pk=one.pk) for one in (callback, callback.call)]
    return dict(zip(order, one_after_another(rows[:held], [works[name] for name in order]), strict=True))


@pytest.mark.parametrize("held", [1, 2])
@pytest.mark.parametrize("order", [*permutations(NAMES)], ids="-".join)
def test_of_claim_and_help_one_is_done_whatever_the_leader_decides(
    sari: User, tio: User, lina: User, order: Sequence[str], held: int
) -> None:
    callback = waiting_again(sari, tio, lina)
    done = done_by(callback, held, order, works_on(callback, sari, lina))
    words = lost([*done.values()])
    assert isinstance(done["claim"], NotNow) is not isinstance(done["help_now"], NotNow)
    callback = desk.again(callback)
    if held == 1:
        assert isinstance(done["claim"], NotNow) is (order.index("help_now") < order.index("claim"))
    if isinstance(done["claim"], NotNow):
        assert (callback.state, callback.call.state) == (CallbackState.CANCELLED, State.CLOSED)
        assert any("Dibatalkan" in one for one in words), words
    else:
        stands = (callback.state, callback.call.state)
        assert stands == (CallbackState.CLAIMED, State.T2_ANALYSED)  # what was analysed before the backend is kept
        assert any("Tier 2" in one or "Wati" in one for one in words), words
        assert not isinstance(done["approve"], NotNow)
    assert list(broken_links()) == []


@pytest.mark.parametrize("order", [*permutations(NAMES)], ids="-".join)
def test_what_the_leader_approves_is_done_whoever_else_tries(
    sari: User, tio: User, lina: User, order: Sequence[str]
) -> None:
    callback = with_the_leader(sari, tio, lina)
    done = done_by(callback, 2, order, works_on(callback, sari, lina))
    assert len(lost([*done.values()])) == 2
    assert not isinstance(done["approve"], NotNow)
    callback = desk.again(callback)
    assert (callback.state, callback.call.state) == (CallbackState.DONE, State.BACKEND)
    assert list(broken_links()) == []


def test_the_next_of_the_queue_and_help_from_one_start(sari: User, tio: User, lina: User) -> None:
    """As agents do it: the claim passes over what is just being taken, and says that nobody waits."""
    callback = waiting_again(sari, tio, lina)
    works = works_on(callback, sari, lina)
    change_presence(tio, PresenceState.AVAILABLE)
    every = [lambda: queue.claim_next(User.objects.get(pk=tio.pk)), works["help_now"], works["approve"]]
    claimed, helped, _approved = done = in_threads(3, lambda number: every[number]())
    lost(done)
    assert (claimed is None) is not isinstance(helped, NotNow)
    assert desk.again(callback).state == (CallbackState.CANCELLED if claimed is None else CallbackState.CLAIMED)


# --- one customer ----------------------------------------------------------------------------------------------------
def test_two_super_emergencies_of_one_customer_approved_at_once_set_one_status(
    sari: User, tio: User, lina: User
) -> None:
    leaders, other = [lina, desk.person("rudi", Role.TEAM_LEADER)], "122055500002"
    entries.with_internet(desk.listed("PUBLIC_FIGURE"), other)
    desk.way_out()
    held = [
        desk.asking_for_emergency(sari, agent, internet_number=number)
        for number, agent in ((desk.INTERNET, tio), (other, desk.person("wati", Role.AGENT_TIER2)))
    ]
    asked = [desk.asked(one.call) for one in held]
    works = [
        partial(perform, one, "approve", actor=leader, data={"note": "Setuju."})
        for one, leader in zip(asked, leaders, strict=True)
    ]
    assert lost(one_after_another([Customer.objects.all()], works)) == []
    status = ListEntry.objects.get(criterion="SUPER_EMERGENCY")
    assert (status.state, status.approved_by in leaders) == ("ACTIVE", True)
    assert [(one.state, one.is_super_emergency) for one in SpecialCase.objects.all()] == [(State.BACKEND, True)] * 2


def test_one_question_decided_by_two_leaders_at_once_is_decided_once(sari: User, tio: User, lina: User) -> None:
    asked = desk.asked(with_the_leader(sari, tio, lina).call)
    leaders = [lina, desk.person("rudi", Role.TEAM_LEADER)]
    works = [partial(perform, asked, "approve", actor=leader, data={"note": ""}) for leader in leaders]
    (words,) = lost(one_after_another([type(asked).objects.filter(pk=asked.pk)], works))
    assert "Backend" in words or "unit" in words.casefold(), words


def test_two_calls_about_one_line_entered_at_once_are_one_callback(sari: User) -> None:
    desk.listed("PUBLIC_FIGURE")
    desk.way_out()
    calls = [desk.told_way_out(sari) for _one in range(2)]
    given = {"number_to_call": desk.PHONE, "contact_name": "Wulan Sasmita"}
    works = [partial(perform, call, "queue_callback", actor=sari, data=given) for call in calls]
    (words,) = lost(one_after_another([Customer.objects.all()], works))
    assert "gabungkan" in words.casefold(), words
    assert Callback.objects.count() == 1
