"""What is said of taking the last step back, before anybody presses it."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.utils import timezone

from tenesa.accounts.models import SYSTEM, User
from tenesa.mail.models import OutboundMail
from tenesa.systems.models import ExternalCall
from tenesa.timers.models import Mark, Timer
from tenesa.ui.templatetags.ui import clock
from tenesa.workflow.errors import NotNow
from tenesa.workflow.perform import perform
from tenesa.workspace.take_back import Undo, undo_of
from tests import factories
from tests.tickets.watched import watched
from tests.ui.test_frame import signed_in
from tickets.models import EmailCase, State

pytestmark = pytest.mark.django_db
BUTTON = 'data-key="u"'


def wrote(rini: User) -> EmailCase:
    return perform(watched(rini), "write", actor=rini, data={"message": "Sedang kami cek."})


def shown(case: EmailCase, user: User) -> str:
    return signed_in(user).get(case.get_absolute_url()).content.decode()


def said(case: EmailCase, user: User) -> Undo:
    return undo_of(EmailCase.objects.get(pk=case.pk), user)


def test_while_the_mail_is_held_it_says_until_when(rini: User) -> None:
    case = wrote(rini)
    held = OutboundMail.objects.get(case_id=case.pk, status="HELD", automatic=False)
    undo, page = said(case, rini), shown(case, rini)
    assert (undo.why_not, undo.until) == ("", held.send_after)
    assert f"bisa diurungkan sampai {clock(held.send_after)}" in page
    assert BUTTON in page


def test_once_it_has_left_it_says_what_left_and_offers_nothing(rini: User) -> None:
    case = wrote(rini)
    at = timezone.now() - timedelta(minutes=1)
    OutboundMail.objects.filter(case_id=case.pk).update(status="SENT", sent_at=at)
    page = shown(case, rini)
    assert f"tidak dapat diurungkan: sudah keluar: surel ke bonar@samudra.example ({clock(at)})" in page
    assert BUTTON not in page
    with pytest.raises(NotNow, match="bonar@samudra"):
        perform(case, "take_back", actor=rini)


def test_a_call_to_a_system_has_left_as_well(rini: User) -> None:
    case = perform(watched(rini), "send_update", actor=rini, data={"message": "Halo", "facts": "Lampu merah."})
    assert ExternalCall.objects.filter(case_id=case.pk, system="nossa").exists()
    assert "NOSSA" in said(case, rini).why_not


def test_a_hand_over_that_left_is_named_although_the_system_went_on(rini: User) -> None:
    case = factories.put(factories.opened(), State.SEGMENT_CHECKED, owner=rini, segment="DCS")
    case = perform(case, "hand_over_dcs", actor=rini, data={"unit_note": "Mohon dibantu."})
    OutboundMail.objects.filter(case_id=case.pk, purpose="education").update(status="SENT", sent_at=timezone.now())
    perform(case, "confirm_part", actor=SYSTEM, part="education")
    assert "Penerusan" not in said(case, rini).why_not
    assert "surel ke bonar@samudra.example" in said(case, rini).words


def test_what_became_known_meanwhile_does_not_stand_in_its_way(rini: User) -> None:
    case = wrote(rini)
    perform(case, "note_change", actor=SYSTEM, incident="IN10482301", status="RESOLVED")
    mail = OutboundMail.objects.get(case_id=case.pk, status="HELD", automatic=False)
    page = shown(case, rini)
    assert "bisa diurungkan sampai" in page
    back = perform(case, "take_back", actor=rini)
    mail.refresh_from_db()
    assert (mail.status, back.state) == ("CANCELLED", State.MONITORING)
    clocks = dict(Timer.objects.filter(case_id=case.pk).values_list("name", "state"))
    assert clocks == {"first_response": "RUNNING", "nossa_silent": "RUNNING"}  # the undo's, and what came since


def test_a_step_of_the_system_that_moved_the_case_is_named(rini: User) -> None:
    case = factories.put(watched(rini), State.NEED_REFERENCE)
    case = perform(case, "write", actor=rini, data={"message": "Mohon nomor layanannya."})
    perform(case, "close_without_reference", actor=SYSTEM)
    assert said(case, rini).why_not.startswith("sementara itu")


def test_a_clock_that_was_set_anew_meanwhile_is_named(rini: User) -> None:
    case = wrote(rini)
    touched = Mark.objects.filter(timer__case_id=case.pk, seq=case.version).select_related("timer")[0].timer
    Mark.objects.create(timer=touched, kind=Mark.Kind.STOPPED, at=timezone.now(), seq=case.version + 1)
    perform(case, "note_change", actor=SYSTEM, incident="IN10482301", status="RESOLVED")
    assert said(case, rini).why_not.startswith("sementara itu")


def test_an_older_mail_is_not_undone_in_the_place_of_a_newer(rini: User) -> None:
    case = wrote(rini)
    older = OutboundMail.objects.get(case_id=case.pk, status="HELD", automatic=False)
    perform(case, "write", actor=rini, data={"message": "Sudah kami cek."})
    told = signed_in(rini).post(f"/outbox/mails/{older.pk}/undo/").content.decode()
    assert "Sudah ada langkah lain sesudahnya; surel ini tidak dapat diurungkan lagi." in told
    assert OutboundMail.objects.filter(case_id=case.pk, status="HELD", automatic=False).count() == 2


def test_a_step_that_sent_nothing_says_nothing_on_the_page(rini: User, dewi: User) -> None:
    case = perform(factories.opened(), "take", actor=rini)
    assert "diurungkan" not in shown(case, rini)
    assert "Rini" in said(case, dewi).why_not  # who asks by REST is told whose step it was
