"""The search over procedures, its index, and how often the database is asked."""

from __future__ import annotations

from collections.abc import Sequence
from io import StringIO

import pytest
from django.core.management import call_command
from django.db import connection, transaction
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from tenesa.accounts.models import User
from tenesa.accounts.roles import Role
from tenesa.escalation.models import Escalation
from tenesa.mail.models import OutboundMail
from tenesa.search import find, index
from tenesa.search.find import matching
from tenesa.search.index import refresh
from tenesa.search.models import Change, Document
from tenesa.search.registry import Piece, Place, Source, source_of
from tenesa.workflow.perform import perform
from tests import factories
from tests.journeys.desk import Outside
from tests.pending.desk import asked, contacting
from tests.platform.test_escalation import escalated
from tests.ui.test_frame import signed_in
from tickets.models import EmailCase

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _seed() -> None:
    """The simulators at their seed: others have put its tickets on hold."""
    outside = Outside()
    outside.reset()
    outside.client.close()


CASE = EmailCase.procedure_name()


@pytest.fixture
def ujang(db: None) -> User:
    return factories.person("ujang", Role.TELKOM_UNIT)


def numbers(client: Client, words: str) -> list[str]:
    groups = client.get(reverse("search"), {"q": words}).context["groups"]
    return [one.line.number for group in groups for one in group.matches]


def test_one_word_finds_cases_of_every_procedure(rini: User, ujang: User) -> None:
    one = escalated(rini)
    hold = asked(ujang, reason_text="Pelanggan meminta besok pagi.")
    refresh()
    shown = numbers(signed_in(rini), "meminta")
    assert set(shown) == {one.number, hold.number}
    page = signed_in(rini).get(reverse("search"), {"q": "meminta"}).content.decode()
    assert one.get_absolute_url() in page
    assert reverse("pending:case", args=[hold.pk]) in page
    palette = signed_in(rini).get(reverse("palette"), {"q": "meminta"}).content.decode()
    assert one.number in palette
    assert hold.number in palette


def test_a_hold_is_found_by_its_numbers(rini: User, ujang: User) -> None:
    hold = contacting(rini, asked(ujang))
    refresh()
    for words in (hold.number, "IN10482219", "10482219", "+62 812 0000 1187", "Bonar"):
        assert hold.number in {*numbers_or_own(signed_in(rini), words)}, words


def test_notes_of_holds_and_escalations_are_found_and_not_by_a_unit(rini: User, ujang: User) -> None:
    hold = perform(contacting(rini, asked(ujang)), "note", actor=rini, data={"text": "Kunci panel di Pak Wiryawan."})
    one = perform(escalated(rini), "note", actor=rini, data={"text": "Pak Wiryawan menunggu."})
    refresh()
    assert set(numbers(signed_in(rini), "wiryawan")) == {hold.number, one.number}
    assert hold.number not in signed_in(ujang).get(reverse("pending:list"), {"q": "wiryawan"}).content.decode()


def numbers_or_own(client: Client, words: str) -> list[str]:
    answer = client.get(reverse("api-search"), {"q": words})
    return [row["number"] for row in answer.json()["results"]]


def test_a_unit_finds_its_own_hold_by_the_ticket_and_nothing_of_what_was_said(rini: User, ujang: User) -> None:
    hold = contacting(rini, asked(ujang))
    refresh()
    client = signed_in(ujang)
    assert hold.number in client.get(reverse("pending:list"), {"q": "in10482219"}).content.decode()
    assert hold.number not in client.get(reverse("pending:list"), {"q": "081200001187"}).content.decode()


def test_the_reference_of_the_unit_finds_the_case_and_the_escalation(rini: User) -> None:
    one = escalated(rini)
    Escalation.objects.filter(pk=one.pk).update(reference="TA-BDG/2026/118", unit="TELKOM")
    perform(EmailCase.objects.get(pk=one.case_id), "note", actor=rini, data={"text": "Unit menjawab."})
    Change.objects.create(procedure=Escalation.procedure_name(), case_id=one.pk)
    refresh()
    case = EmailCase.objects.get(pk=one.case_id)
    assert set(numbers(signed_in(rini), "ta-bdg/2026/118")) == {case.number, one.number}


def test_what_we_wrote_is_found_unless_it_was_cancelled(rini: User) -> None:
    case = perform(factories.opened(), "take", actor=rini)
    perform(case, "write", actor=rini, data={"message": "Kami kirim Pak Jatmiko ke lokasi."})
    refresh()
    assert numbers(signed_in(rini), "jatmiko") == [case.number]
    OutboundMail.objects.update(status="CANCELLED")
    Change.objects.create(procedure=CASE, case_id=case.pk)
    refresh()
    assert numbers(signed_in(rini), "jatmiko") == []


def test_whole_words_come_before_parts_and_the_newest_first(rini: User) -> None:
    part = factories.opened(subject="Relokasikan modem")
    old, new = factories.opened(subject="Lokasi pindah"), factories.opened(subject="lokasi baru")
    refresh()
    Document.objects.filter(case_id=old.pk).update(at="2026-01-01T00:00:00Z")
    assert matching(rini, CASE, "lokasi")[:2] == [new.pk, old.pk]
    assert set(matching(rini, CASE, "lokas")) == {new.pk, old.pk, part.pk}


def test_of_a_common_word_the_newest_are_shown(rini: User, monkeypatch: pytest.MonkeyPatch) -> None:
    cases = [factories.opened(subject="Gangguan lagi") for _number in range(12)]
    refresh()
    monkeypatch.setattr(find, "_RARE", find._RARE.replace(str(find.CAP + 1), "4"))
    monkeypatch.setattr(find, "CAP", 3)
    assert matching(rini, CASE, "gangguan", 5) == [case.pk for case in reversed(cases)][:5]
    page = signed_in(rini).get(reverse("search"), {"q": "gangguan"})
    assert len(page.context["groups"][0].matches) == 12


# --- the index -------------------------------------------------------------------------------------------------------
def test_nothing_is_queued_by_what_is_rolled_back(rini: User) -> None:
    case = factories.opened()
    refresh()
    with pytest.raises(ZeroDivisionError), transaction.atomic():
        perform(case, "take", actor=rini)
        raise ZeroDivisionError
    assert not Change.objects.exists()


def test_the_command_makes_all_of_it_again_and_drops_what_is_gone(rini: User) -> None:
    cases = [factories.opened(subject="Kabel putus") for _number in range(3)]
    Document.objects.create(procedure=CASE, case_id=10**9, desk_id="TENESA", at=cases[0].opened_at, words="", grams="")
    answer = StringIO()
    call_command("reindex_search", stdout=answer)
    assert answer.getvalue().startswith(f"{CASE} --after {cases[-1].pk}\n1 documents")
    assert sorted(matching(rini, CASE, "kabel")) == [case.pk for case in cases]
    call_command("reindex_search", procedure=CASE, after=cases[0].pk, stdout=answer)
    assert Document.objects.count() == 3


def test_a_case_whose_words_cannot_be_read_leaves_the_others_alone(rini: User, monkeypatch: pytest.MonkeyPatch) -> None:
    broken, whole = factories.opened(subject="Kabel satu"), factories.opened(subject="Kabel dua")
    source = source_of(CASE)
    assert source

    def pieces(ids: Sequence[int]) -> dict[int, list[Piece]]:
        if broken.pk in ids:
            raise ValueError
        return {pk: [Piece(Place.SUBJECT, "Kabel")] for pk in ids}

    failing = Source(EmailCase, source.label, "mail", pieces, source.line, order=0)
    monkeypatch.setattr(index, "source_of", lambda procedure: failing)
    refresh()
    assert matching(rini, CASE, "kabel") == [whole.pk]
    assert not Change.objects.exists()


@pytest.mark.parametrize("body", ["kata" * 50_000, "satu dua " * 30_000, "\U0001f600" * 60_000, "１２３４ " * 20_000])
def test_no_mail_is_too_long_to_be_indexed(rini: User, body: str) -> None:
    words = " ".join(f"{number}kata{number * 7919}" for number in range(9_000))
    for text in (body, words):
        factories.opened(text=text, subject="Sangat panjang", status="STORED")
    case = factories.opened(text="x", subject="Sangat panjang")
    for text in (body, words):
        factories.inbound(text=text, procedure=CASE, case_id=case.pk, status="FILED")
    Change.objects.create(procedure=CASE, case_id=case.pk)
    refresh(60)
    assert len(matching(rini, CASE, "sangat panjang")) == 3


def test_one_and_thirty_results_cost_the_same(rini: User) -> None:
    client = signed_in(rini)
    factories.opened(subject="Kabel putus")
    refresh()
    with CaptureQueriesContext(connection) as one:
        client.get(reverse("search"), {"q": "kabel"})
    for _number in range(29):
        factories.opened(subject="Kabel putus")
    refresh()
    with CaptureQueriesContext(connection) as thirty:
        client.get(reverse("search"), {"q": "kabel"})
    assert len(thirty) <= len(one)  # less where whole words fill the page: then parts are not asked for
    # session, user, places; the stems; whole words and parts of three procedures; who may see them, the cases, and
    # what stands in them (own columns, lines, notes, references, mails received and sent); the menu
    assert len(one) <= 28
