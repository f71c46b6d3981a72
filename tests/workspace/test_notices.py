"""Notices: what others do with one's cases is written with the act, counted, read once; colleagues named in notes."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from caring import services as caring_services
from tenesa.accounts.models import User
from tenesa.accounts.roles import Role
from tenesa.escalation.models import Escalation
from tenesa.notices import services
from tenesa.notices.models import Kind, Notice
from tenesa.ui import counters, live
from tenesa.workflow.errors import InvalidInput, NotNow
from tenesa.workflow.perform import perform
from tenesa.workspace import notes
from tenesa.workspace.desk import desks
from tests import factories
from tests.caring import desk as caring
from tests.caring import results
from tests.refusals import everything
from tests.ui.test_frame import signed_in
from tickets.models import EmailCase

pytestmark = pytest.mark.django_db


def taken(agent: User) -> EmailCase:
    return perform(factories.opened(), "take", actor=agent)


def told(person: User) -> list[tuple[str, str]]:
    """Kind and words of what this person was told, in the order in which it came."""
    return [(one.kind, one.words) for one in Notice.objects.filter(person=person).order_by("pk")]


def test_every_desk_names_its_own_steps() -> None:
    at_every_desk = {"take_over", "change_hands", "assign", "note"}
    for desk in desks():
        assert set(desk.notices) - at_every_desk <= set(desk.steps), desk.slug


# --- who is told ------------------------------------------------------------------------------------------------------
def test_a_case_that_changes_hands_tells_both_and_never_who_does_it(rini: User, dewi: User, bowo: User) -> None:
    case = taken(rini)
    perform(case, "take_over", actor=bowo, data={"owner": dewi.pk, "reason": "Rini cuti."}, key="sekali")
    perform(case, "take_over", actor=bowo, data={"owner": dewi.pk, "reason": "Rini cuti."}, key="sekali")
    assert told(rini) == [(Kind.TAKEN, "Rini cuti.")]
    assert told(dewi) == [(Kind.GIVEN, "Rini cuti.")]
    perform(case, "take_over", actor=bowo, data={"owner": bowo.pk, "reason": "Saya saja."})
    assert told(bowo) == []
    one = Notice.objects.filter(person=dewi).last()
    assert one is not None
    assert (one.procedure, one.case_id, one.seq) == (case.procedure_name(), case.pk, 4)
    assert one.step == "take_over"


def test_a_leaders_note_tells_the_owner_and_a_colleagues_does_not(rini: User, dewi: User, bowo: User) -> None:
    case = taken(rini)
    perform(case, "note", actor=dewi, data={"text": "Pelanggan menelepon."})
    perform(case, "note", actor=bowo, data={"text": "Dahulukan kasus ini."})
    assert told(rini) == [(Kind.NOTED, "Dahulukan kasus ini.")]


def test_what_is_returned_tells_whoever_asked(rini: User, bowo: User) -> None:
    case = taken(rini)
    perform(case, "escalate", actor=rini, data={"level": "TEAM_LEADER", "reason": "Butuh keputusan."})
    perform(Escalation.objects.get(), "send_back", actor=bowo, data={"note": "Lengkapi bukti dulu."})
    assert told(rini) == [(Kind.RETURNED, "Lengkapi bukti dulu.")]
    laras = factories.person("laras", Role.QCO)
    result = perform(results.opened(), "claim", actor=laras)
    perform(result, "return_to_agent", actor=laras, data=caring.RETURN)
    assert [kind for kind, _words in told(result.agent)] == [Kind.RETURNED]


def test_who_gave_what_waits_elsewhere_once_it_is_let_go_hears_so_as_well() -> None:
    """A prospect is given while it is picked, and let go it waits among all others."""
    novita, dewa = caring.person("novita", Role.TEAM_LEADER), caring.person("dewa", Role.AGENT_CARING)
    one = perform(caring.prospect(), "pick", actor=caring.person("citra", Role.AGENT_CARING))
    one = perform(one, "take_over", actor=novita, data={"owner": dewa.pk, "reason": "Citra pulang."})
    type(one).objects.filter(pk=one.pk).update(lease_until=timezone.now() - timedelta(minutes=1))
    assert caring_services.expire_leases() == 1
    assert told(novita) == [(Kind.LET_GO, "tadinya ditugaskan ke Dewa")]
    assert told(dewa) == [(Kind.TAKEN, "")]


def test_a_refused_step_tells_nobody(rini: User, dewi: User) -> None:
    case = taken(rini)
    before = everything()
    with pytest.raises((NotNow, InvalidInput)):
        perform(case, "release", actor=dewi, data={})
    with pytest.raises(InvalidInput):
        perform(case, "note", actor=dewi, data={"text": ""})
    assert everything() == before


# --- named in a note -------------------------------------------------------------------------------------------------
def test_a_colleague_is_named_by_a_reference_and_shown_by_name(rini: User, dewi: User) -> None:
    case = taken(rini)
    text = "@Dewi tolong lihat (surel ke dewi@contoh.example, @telkomsel)."
    perform(case, "note", actor=rini, data={"text": text})
    stored = notes.of(case).get().text
    assert stored == f"@{{{dewi.pk}}} tolong lihat (surel ke dewi@contoh.example, @telkomsel)."
    assert case.last_event().seq == 2
    assert EmailCase.objects.get(pk=case.pk).last_event().data == {"mentions": [dewi.pk]}
    assert told(dewi) == [(Kind.MENTIONED, "@Dewi tolong lihat (surel ke dewi@contoh.example, @telkomsel).")]
    User.objects.filter(pk=dewi.pk).update(first_name="<Dewi>", last_name="Ayu")
    page = signed_in(rini).get(case.get_absolute_url()).content.decode()
    assert '<b class="mention">@&lt;Dewi&gt; Ayu</b> tolong lihat' in page
    assert notes.texts(case.procedure_name(), [case.pk])[0][1].startswith("@<Dewi> Ayu tolong")


def test_who_may_not_see_the_case_cannot_be_named(rini: User, dewi: User, asing: User) -> None:
    unit = factories.person("unit", Role.TELKOM_UNIT)
    case = taken(rini)
    before = everything()
    for name in (asing.username, unit.username):
        with pytest.raises(InvalidInput) as refused:
            perform(case, "note", actor=rini, data={"text": f"@{name} dan @dewi"})
        assert refused.value.errors["text"] == [
            f"{name.capitalize()} tidak berhak melihat kasus ini, jadi tidak dapat disebut dalam catatannya."
        ]
    assert everything() == before
    browser, address = signed_in(rini), reverse("cases:colleagues", args=[case.pk])
    with CaptureQueriesContext(connection) as asked:
        offered = browser.get(address, {"q": "d"}).content.decode()
    assert len(asked) <= 7
    assert "@dewi" in offered
    assert not {"@asing", "@unit", "@rini"} & {word.strip('"·') for word in offered.split()}
    assert signed_in(asing).get(address).status_code == 404


# --- read -------------------------------------------------------------------------------------------------------------
@pytest.fixture
def heard(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """What open pages were told."""
    words: list[str] = []
    monkeypatch.setattr(live, "_send", lambda messages: words.extend(one["what"] for one in messages))
    return words


def test_the_bell_counts_what_is_unread_and_opening_reads_it(
    rini: User, dewi: User, bowo: User, heard: list[str], django_capture_on_commit_callbacks: Any
) -> None:
    cases, browser = [taken(rini) for _one in range(2)], signed_in(rini)
    with django_capture_on_commit_callbacks(execute=True):
        for case in cases:
            perform(case, "note", actor=bowo, data={"text": f"Catatan {case.number}."})
    assert f"notices person:{rini.pk}" in heard
    page = browser.get(reverse("notices")).content.decode()
    assert 'data-count="/notices/" data-signal="risk">2<' in page
    assert b'"/notices/": [2, "risk"]' in counters.read([dewi, rini])[rini.pk]
    assert b'"/notices/": [0, ""]' in counters.read([rini, dewi])[dewi.pk]
    assert page.index(cases[1].title) < page.index("Catatan " + cases[0].number)

    first, second = Notice.objects.filter(person=rini).order_by("pk")
    assert signed_in(dewi).post(reverse("notice-open", args=[first.pk])).status_code == 404
    heard.clear()
    with django_capture_on_commit_callbacks(execute=True):
        answer = browser.post(reverse("notice-open", args=[first.pk]))
    assert answer["Location"] == cases[0].get_absolute_url()
    assert heard == [f"notices person:{rini.pk}"]
    assert list(services.unread(rini)) == [second]
    browser.post(reverse("notices-read"), {"desk": "pending"})
    assert services.unread(rini).exists()
    assert browser.post(reverse("notices-read"), {"desk": "cases"})["Location"] == "/notices/?desk=cases"
    assert not services.unread(rini).exists()
    assert "Belum ada pemberitahuan" in browser.get(reverse("notices"), {"desk": "pending"}).content.decode()


def test_the_list_goes_on_and_costs_the_same_for_many(rini: User, bowo: User, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(services, "PAGE", 4)
    case, browser = taken(rini), signed_in(rini)
    for number in range(10):
        perform(case, "note", actor=bowo, data={"text": f"Catatan {number}."})
    newest = Notice.objects.filter(person=rini).order_by("-pk")
    services.mark_read(Notice.objects.filter(pk__in=newest.values("pk")[2:]))
    seen, after = [], ""
    for _page in range(3):
        with CaptureQueriesContext(connection) as asked:
            answer = browser.get(reverse("notices"), {"after": after})
        assert len(asked) <= 14
        seen += [line.notice for line in answer.context["lines"]]
        after = answer.context["more"]
    assert (seen, after) == (list(newest), "")
    EmailCase.objects.update(desk=factories.desk("TDSCC"))
    assert case.title not in browser.get(reverse("notices")).content.decode()
    assert browser.post(reverse("notice-open", args=[seen[0].pk]))["Location"] == reverse("notices")
