"""The customer hears of a fault regularly: updates, snooze, a silent NOSSA, hurrying the unit (P-05 5.7-5.10)."""

from __future__ import annotations

import re
from datetime import timedelta
from typing import Any

import pytest
from django.db import connection
from django.db.models import QuerySet
from django.urls import reverse
from django.utils import timezone

from tenesa.accounts.models import SYSTEM, User
from tenesa.incidents.feed import store_incident
from tenesa.mail.models import OutboundMail
from tenesa.systems.models import ExternalCall
from tenesa.timers.models import Timer
from tenesa.timers.sweep import fire_due
from tenesa.workflow.errors import InvalidInput
from tenesa.workflow.perform import perform
from tests.tickets.watched import NUMBER, incident, watched
from tests.ui.test_frame import signed_in
from tickets.desk import EmailDesk
from tickets.models import EmailCase, Expedite
from tickets.procedure.updates import UpdateForm

pytestmark = pytest.mark.django_db
HOUR = timedelta(hours=1)


def of_view(slug: str, user: User) -> QuerySet[EmailCase]:
    view = next(one for one in EmailDesk.views if one.slug == slug)
    return view.of(EmailCase.objects.visible_to(user), user)


def sent(case: EmailCase, actor: User) -> EmailCase:
    return perform(case, "send_update", actor=actor, data={"message": "Sedang diperbaiki."})


def listed(view: str, user: User) -> list[int]:
    return [case.pk for case in of_view(view, user)]


def overdue(case: EmailCase, clock: str = "progress_update") -> None:
    """Turn one clock back until it is over, in its row and in the case's place."""
    past = timezone.now() - timedelta(minutes=1)
    Timer.objects.filter(case_id=case.pk, name=clock, state="RUNNING").update(started_at=past - 9 * HOUR, due_at=past)
    EmailCase.objects.filter(pk=case.pk).update(urgent_at=past, urgent_for=clock)


def typed(moment: Any) -> str:
    return f"{timezone.localtime(moment):%Y-%m-%dT%H:%M}"


def test_a_progress_mail_says_its_status_once_and_when_the_next_one_comes(rini: User) -> None:
    case = watched(rini)
    form = UpdateForm(case=case, actor=rini)
    case = perform(case, "send_update", actor=rini, data={"message": form["message"].value()})
    text = OutboundMail.objects.get(case_id=case.pk, purpose="progress").text
    status = case.newest_incident().status_words  # type: ignore[union-attr]
    assert (text.count(status), text.count("tatus")) == (1, 1)
    assert form["message"].value() in text
    assert re.search(r"paling lambat \d{1,2} [A-Z][a-z]+ \d{4} pukul \d\d\.\d\d WIB\.", text)


# --- lists -----------------------------------------------------------------------------------------------------------
def test_updates_that_are_due_and_overdue_are_listed(rini: User, dewi: User, bowo: User) -> None:
    later, soon, late = (sent(watched(rini), rini) for _case in range(3))
    EmailCase.objects.filter(pk=soon.pk).update(urgent_at=timezone.now() + HOUR / 2)
    overdue(late)
    assert listed("updates", dewi) == [soon.pk, late.pk] or set(listed("updates", dewi)) == {soon.pk, late.pk}
    assert listed("overdue", bowo) == [late.pk]
    page = signed_in(bowo).get(reverse("cases:list"), {"view": "overdue"})
    assert [row.pk for row in page.context["page"].rows] == [late.pk]
    assert signed_in(rini).get(reverse("cases:list"), {"view": "overdue"}).status_code == 404
    sent(EmailCase.objects.get(pk=late.pk), rini)
    assert listed("overdue", bowo) == []
    assert later.pk not in listed("updates", bowo)


def test_the_lists_are_a_range_of_their_index(bowo: User) -> None:
    with connection.cursor() as cursor:
        cursor.execute("SET LOCAL enable_seqscan = off; SET LOCAL enable_bitmapscan = off; SET LOCAL enable_sort = off")
    plan = of_view("overdue", bowo).order_by("urgent_at", "pk")[:41].explain()
    assert "email_updates" in plan
    assert "Sort" not in plan


# --- the update form -------------------------------------------------------------------------------------------------
def test_the_update_begins_with_nossas_newest_words(rini: User) -> None:
    store_incident(incident("INPROG", timezone.now(), words="Teknisi menuju lokasi"))
    case = watched(rini)
    form = UpdateForm(case=case, actor=rini)
    assert "Teknisi menuju lokasi" in form.fields["message"].initial
    assert form.fields["message"].help_text == ""


def test_a_silent_nossa_is_said_in_the_form_and_shown_to_the_leader(rini: User, bowo: User) -> None:
    store_incident(incident("BACKEND", timezone.now() - 5 * HOUR, words="Menunggu material"))
    case = sent(watched(rini), rini)
    assert "NOSSA" in UpdateForm(case=case, actor=rini).fields["message"].help_text
    overdue(case, "nossa_silent")
    fire_due()
    assert listed("overdue", bowo) == [case.pk]
    page = signed_in(bowo).get(reverse("cases:list"), {"view": "overdue"}).content.decode()
    assert "kabar dari NOSSA" in page
    perform(case, "note_change", actor=SYSTEM, incident=NUMBER, status="INPROG")
    assert listed("overdue", bowo) == []


def test_a_nossa_that_does_not_answer_is_said_too(rini: User) -> None:
    case = watched(rini)
    case = perform(case, "send_update", actor=rini, data={"message": "Ditangani.", "facts": "Gedung buka."})
    ExternalCall.objects.filter(case_id=case.pk, system="nossa").update(attempts=1)
    assert "NOSSA" in UpdateForm(case=case, actor=rini).fields["message"].help_text


# --- snooze ----------------------------------------------------------------------------------------------------------
def test_an_update_is_put_off_with_a_reason_and_not_for_longer_than_allowed(rini: User) -> None:
    case, now = sent(watched(rini), rini), timezone.now()
    until = (now + 3 * HOUR).replace(second=0, microsecond=0)
    for wrong in (now - HOUR, now + 9 * HOUR):
        with pytest.raises(InvalidInput) as refused:
            perform(case, "snooze", actor=rini, data={"until": typed(wrong), "reason": "Pelanggan meminta"})
        assert refused.value.errors["until"]
    with pytest.raises(InvalidInput):
        perform(case, "snooze", actor=rini, data={"until": typed(until), "reason": ""})
    case = perform(case, "snooze", actor=rini, data={"until": typed(until), "reason": "Pelanggan meminta malam"})
    assert (case.urgent_for, case.urgent_at) == ("progress_update", until)
    assert case.last_event().data["reason"] == "Pelanggan meminta malam"
    fire_due(now=until + HOUR / 60)
    case = EmailCase.objects.get(pk=case.pk)
    assert case.unread


# --- expedite --------------------------------------------------------------------------------------------------------
def test_asking_a_unit_to_hurry_is_logged_here_and_in_nossa_and_comes_back(rini: User, bowo: User) -> None:
    case = sent(watched(rini), rini)
    again = (timezone.now() + HOUR).replace(second=0, microsecond=0)
    data = {"unit": "TA Tegal", "channel": "PHONE", "person": "Pak Slamet", "answer": "Teknisi berangkat pukul 14."}
    with pytest.raises(InvalidInput):
        perform(case, "expedite", actor=rini, data={**data, "next_at": typed(timezone.now() - HOUR)})
    case = perform(case, "expedite", actor=rini, data={**data, "next_at": typed(again)})
    row = Expedite.objects.get()
    assert (row.unit, row.person, row.next_at, row.by) == ("TA Tegal", "Pak Slamet", again, rini)
    call = ExternalCall.objects.get(operation="add_worklog")
    assert (call.payload["log_type"], call.payload["number"]) == ("EXPEDITE", NUMBER)
    assert "Teknisi berangkat" in call.payload["detail"]
    assert "answer" not in case.last_event().data
    assert (case.urgent_for, case.urgent_at) == ("expedite_next", again)
    page = signed_in(rini).get(reverse("cases:case", args=[case.pk])).content.decode()
    assert page.count("Teknisi berangkat pukul 14.") == 2  # on the timeline and in the panel
    overdue(case, "expedite_next")
    assert listed("overdue", bowo) == [case.pk]
    perform(case, "expedite", actor=rini, data=data)
    assert not Timer.objects.filter(name="expedite_next", state__in=Timer.LIVE).exists()


# --- recovery --------------------------------------------------------------------------------------------------------
def test_the_recovery_mail_needs_cause_and_repair_and_ends_the_clocks(rini: User) -> None:
    store_incident({**incident("RESOLVED", timezone.now()), "cause": "", "solution": ""})
    case = sent(watched(rini), rini)
    for missing in ("cause", "repair"):
        data = {"cause": "Kabel putus", "repair": "Disambung", missing: ""}
        with pytest.raises(InvalidInput) as refused:
            perform(case, "tell_recovery", actor=rini, data=data)
        assert set(refused.value.errors) == {missing}
    case = perform(case, "tell_recovery", actor=rini, data={"cause": "Kabel putus", "repair": "Disambung"})
    assert not Timer.objects.filter(
        case_id=case.pk, name__in=["progress_update", "nossa_silent"], ended_at=None
    ).exists()
