"""The customer's page in every look, and the ways between desks by keys alone."""

from __future__ import annotations

import pytest
from django.test import Client
from django.urls import reverse
from playwright.sync_api import Request, expect

from segmentation.services import remember_customer, remember_service
from tenesa.accounts.models import User
from tenesa.incidents.models import Incident
from tenesa.workflow.perform import perform
from tenesa.workspace.composer import LONGEST_DRAFT
from tenesa.workspace.models import Draft
from tenesa.workspace.step_names import WRITE
from tests import factories
from tests.journeys.browser.conftest import Seat, seat
from tests.pending.desk import OPEN, OTHER, asked
from tests.workspace.test_customer import CONTACT, FACTS, SID
from tickets.desk import EmailDesk
from tickets.models import EmailCase, Line

__all__ = ["seat"]
pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


def test_one_case_leads_to_the_customer_and_to_another_desk(rini: User, seat: Seat) -> None:
    customer = remember_customer(FACTS, source="SISKAS", contacts=[CONTACT, {**CONTACT, "name": "Sari", "role": ""}])
    remember_service(customer, {"product_id": SID, "name": "Astinet 100M", "address": "Jl. Pelabuhan Tanjung Perak 1"})
    one = Incident.objects.create(number=OPEN, product_id=SID, status="BACKEND", summary="Tautan mati sejak pagi")
    Incident.objects.create(number=OTHER, product_id=SID, status="PENDING", summary="Kecepatan turun pada jam sibuk")
    case = factories.put(factories.opened(subject="Gangguan di kantor pusat"), "NEW", customer=customer)
    Line.objects.create(case=case, product_id=SID, incident=one, incident_number=OPEN)
    hold = asked(rini, OTHER)

    window = seat(rini).open(case.get_absolute_url())
    window.tab_to(f"a[href$='?incident={OPEN}']")
    window.press("Enter")
    window.shows(f"input[name=incident][value={OPEN}]")

    window.open(case.get_absolute_url()).press("f")
    window.tab_to(f"a[href='{customer.get_absolute_url()}']")
    window.press("Enter")
    window.sees("Tiket terbuka", "main")
    window.is_fit("customer")
    window.tab_to(f"a[href='{hold.get_absolute_url()}']")
    window.press("Enter")
    window.shows(f"#open [data-case='{hold.pk}']")


def test_a_tag_and_a_saved_view_by_keys_and_another_window_sees_the_tag(rini: User, bowo: User, seat: Seat) -> None:
    case = factories.opened(subject="Gangguan di kantor pusat")
    other, window = seat(bowo).open(case.get_absolute_url()), seat(rini).open(case.get_absolute_url())
    window.press(";")
    window.type("Gangguan massal")
    window.press("Enter")
    window.sees("Gangguan massal", "#case-head .tag")
    other.sees("Gangguan massal", "#case-head .tag")
    other.sees("Tag dipasang", "#timeline")
    window.press("Escape")
    window.is_fit("tagged")
    window.open(f"{reverse('cases:list')}?view=all&tag=gangguan+massal")
    window.press("'")
    window.shows("#saved-name")
    window.tab_to("#saved-name")
    window.type("Massal")
    window.press("Enter")
    window.tab_to(".saved-one a")
    window.press("Enter")
    window.sees("Massal", "#queue-title")
    other.open(reverse("tags"))
    other.sees("Gangguan massal", "main")
    other.is_fit("tags")


def test_whoever_turns_to_another_case_is_no_longer_shown_at_the_first(rini: User, bowo: User, seat: Seat) -> None:
    first, second = factories.opened(), factories.opened()
    window, other = (seat(one).open(f"{first.get_absolute_url()}?view=queue") for one in (rini, bowo))
    other.until("#case-head :text('Rini')")
    with window.page.expect_request(says_goodbye):  # so nobody waits until it is forgotten
        window.page.click(f"[data-row='{second.pk}']")
    other.until("#case-head:not(:has-text('Rini'))")
    window.shows(f"#open [data-case='{second.pk}']")
    other.page.click(f"[data-row='{second.pk}']")
    other.until("#case-head :text('Rini')")
    window.open(reverse("notices"))
    other.until("#case-head:not(:has-text('Rini'))", seconds=30)  # it would be forgotten after fifty


def says_goodbye(request: Request) -> bool:
    return request.url.endswith("/here/") and "left" in (request.post_data or "")


def test_why_an_act_was_refused_stands_there_until_somebody_acts(rini: User, dewi: User, seat: Seat) -> None:
    case = factories.opened()
    window = seat(rini).open(case.get_absolute_url())
    window.shows("#offer-take")
    factories.put(case, "ASSIGNED", owner=dewi)  # nobody is told yet
    window.forgive(409)
    window.press("a")
    window.sees("Ambil kasus", "#refused")
    window.hears()
    window.sees("Ambil kasus", "#refused")
    perform(case, "note", actor=dewi, data={"text": "Saya yang menangani."})
    window.hears()
    expect(window.page.locator("#refused")).to_have_count(0)


def test_whoever_writes_hears_at_once_that_the_case_was_taken_over(rini: User, bowo: User, seat: Seat) -> None:
    """Before they send; and what is refused all the same is shown in words, not in marks."""
    case = factories.put(factories.opened(), "SEGMENT_CHECKED", owner=rini, segment="DES", segment_source="SISKAS")
    window = seat(rini).open(case.get_absolute_url())
    window.press("r")
    window.lands_in("#composer textarea")
    window.press("Control+b")
    window.lands_in("#composer [data-editor]")
    window.type("Segera")
    perform(case, "take_over", actor=bowo, data={"owner": bowo.pk, "reason": "Pelanggan VIP."})
    window.until("#composer [data-signal=breach]")
    window.sees(str(bowo), "#composer")
    window.shows("#composer [data-submit]:disabled")
    assert Draft.objects.get(author=rini).values["message"] == "**Segera**"


def test_a_refused_formatted_mail_shows_its_words(rini: User, bowo: User, client: Client) -> None:
    case = factories.put(factories.opened(), "SEGMENT_CHECKED", owner=bowo, segment="DES", segment_source="SISKAS")
    client.force_login(rini)
    typed = {"message": "**Segera** kami cek.", "formatted": "true"}
    refused = client.post(EmailDesk().url("step", case.pk, WRITE), typed, headers={"HX-Request": "true"})
    assert refused.status_code == 409
    assert "<blockquote>Segera kami cek.</blockquote>" in refused.content.decode()
    assert Draft.objects.get(author=rini).values["message"] == "**Segera** kami cek."


def test_a_draft_is_kept_whole_or_it_is_said_that_it_is_not(rini: User, client: Client) -> None:
    case = factories.put(factories.opened(), "SEGMENT_CHECKED", owner=rini, segment="DES", segment_source="SISKAS")
    client.force_login(rini)
    address = EmailDesk().url("draft", case.pk, WRITE)
    kept = client.post(address, {"message": "x" * LONGEST_DRAFT})
    assert "tersimpan" in kept.content.decode()
    assert Draft.objects.get().values["message"] == "x" * LONGEST_DRAFT
    refused = client.post(address, {"message": "y" * (LONGEST_DRAFT + 1)})
    assert "Tidak disimpan" in refused.content.decode()
    assert Draft.objects.get().values["message"] == "x" * LONGEST_DRAFT


def test_the_row_under_the_focus_and_the_title_are_not_left_behind(rini: User, seat: Seat) -> None:
    case = factories.put(factories.opened(), "ASSIGNED", owner=rini, unread_by="")
    window = seat(rini).open(f"{case.get_absolute_url()}?view=mine")
    row = f"[data-row='{case.pk}']"
    window.shows(row)
    for focused, event, seen in ((row, "live", row), ("#case-title", "live-case", "#case-title")):
        window.page.focus(focused)
        words = f"kabar {event}"
        EmailCase.objects.filter(pk=case.pk).update(subject=words)
        window.page.evaluate(f"htmx.trigger(document.body, '{event}')")
        window.sees(words, seen)
        assert window.page.locator(f"{focused}:focus").count() == 1
