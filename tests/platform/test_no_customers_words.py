"""Administrators and document control open every page there is, and read nothing that a customer wrote."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

import pytest
from django.apps import apps
from django.contrib import admin
from django.test import Client
from django.urls import URLPattern, get_resolver, reverse

from tenesa.accounts.models import User
from tenesa.accounts.roles import Role
from tenesa.audit.models import Event
from tenesa.mail import quarantine
from tenesa.mail.models import InboundAttachment, InboundMail, Mailbox, OutboundMail
from tenesa.systems.models import ExternalCall
from tenesa.workflow.perform import perform
from tenesa.workspace.models import Note
from tests import factories
from tests.platform.test_api import client as by_rest
from tests.shares import shares
from tickets.models import EmailCase

pytestmark = pytest.mark.django_db
SECRET = "Zamrudkhatulistiwa"  # stands in all that the customer wrote or is answered
BEGINNING = SECRET[:-1]  # finds it, and is what a page may repeat of a search
WORDS = f"Yth. Tim, {SECRET}: link SID 4700112-0045127790 mati, hubungi 0812-0000-1187."
SLUGS = ("ageing", "response", "csv", "xlsx", "timeline", "take", "note", "escalations", "demo")


@pytest.fixture
def case(rini: User) -> EmailCase:
    """A case with a mail, a file, a note, an answer and a call, and a mail in quarantine."""
    made = perform(factories.opened(WORDS, subject=f"{SECRET} mati"), "take", actor=rini)
    perform(made, "note", actor=rini, data={"text": f"pelanggan bilang {SECRET}"})
    mail = InboundMail.objects.get()
    InboundAttachment.objects.create(mail=mail, blob=mail.blob, name=f"{SECRET}.txt", content_type="text/plain", size=1)
    factories.inbound(WORDS, subject=SECRET, status="QUARANTINED", reason="kaset macet")
    event = Event.objects.order_by("pk").last()
    assert event
    about = {"procedure": made.procedure_name(), "case_id": made.pk, "event": event}
    said = {"payload": {"text": WORDS}, "answer": {"text": WORDS}, "error_message": SECRET, "note": SECRET}
    ExternalCall.objects.create(**about, system="nossa", operation="update", idempotency_key="k", **said)
    fields = {
        "subject": SECRET,
        "text": WORDS,
        "to": [f"{SECRET}@samudra.example"],
        "purpose": "reply",
        "template_version": 0,
    }
    OutboundMail.objects.create(**about, mailbox=mail.mailbox, message_id="<x@telkom.example>", **fields)
    return made


def keeper(role: Role) -> User:
    """An administrator as the demonstration has one, or document control."""
    user = factories.person("wayan", role, ready=False)
    user.is_staff, user.is_superuser = True, role == Role.ADMIN
    user.save()
    return user


def addresses(resolver: Any, prefix: str = "/") -> Iterator[str]:
    """Every address of ours, its places filled with what is there."""
    for one in resolver.url_patterns:
        route = prefix + str(one.pattern)
        if not isinstance(one, URLPattern):
            yield from () if route.startswith("/admin") else addresses(one, route)
        elif one.name not in {"logout", "events"}:
            yield from filled(re.sub(r"[\^$]", "", route))


def filled(route: str) -> Iterator[str]:
    values: dict[str, Any] = {
        "int": [one.pk for model in (InboundMail, EmailCase) for one in model.objects.all()],
        "uuid": [
            *ExternalCall.objects.values_list("pk", flat=True),
            *OutboundMail.objects.values_list("pk", flat=True),
        ],
        "slug": SLUGS,
        "str": ["W-05"],
    }
    route = route.replace(r"(?P<pk>\d{1,18})", "<int:pk>").replace("(?P<step>[a-z_]{1,60})", "<slug:step>")
    if "(?P<" in route:  # the same again with the name of a format
        return
    if "<slug:" in route:  # a part of one thing: that of the case
        values["int"] = [EmailCase.objects.get().pk]
    pending = [route]
    while pending:
        route = pending.pop()
        if found := re.search(r"<(\w+):\w+>", route):
            pending += [route.replace(found[0], str(value), 1) for value in values[found[1]]]
        else:
            yield route


def said(answer: Any) -> str:
    content = b"".join(answer.streaming_content) if answer.streaming else answer.content
    return str(content.decode(errors="replace"))


@shares(4)
@pytest.mark.parametrize("role", [Role.ADMIN, Role.DOC_CONTROL])
def test_no_page_and_no_call_of_rest_says_a_word(role: Role, case: EmailCase, share: int) -> None:
    """Each person other addresses in one run."""
    user = keeper(role)
    browser, api = Client(raise_request_exception=False), by_rest(user)
    browser.force_login(user)
    every = sorted(set(addresses(get_resolver())))
    assert len(every) > 150
    asked: dict[str, Any] = {
        "q": BEGINNING,
        "case": case.pk,
        "at": reverse("cases:case", args=[case.pk]),
        "view": "all",
    }
    for address in every[(share + 2 * (role == Role.ADMIN)) % 4 :: 4]:
        for client in (browser, api) if address.startswith("/api/") else (browser,):  # a token opens no page
            for data in ({}, asked):
                answer = client.get(address, data)
                assert answer.status_code < 500, address
                assert SECRET not in said(answer), address


def test_the_administration_says_no_word_either(case: EmailCase) -> None:
    browser = Client()
    browser.force_login(keeper(Role.ADMIN))
    pages = 0
    for model in admin.site._registry:
        base = f"/admin/{model._meta.app_label}/{model._meta.model_name}/"
        rows = [f"{base}{row.pk}/{what}/" for row in model._default_manager.all()[:5] for what in ("change", "delete")]
        for address in (base, f"{base}?q={BEGINNING}", f"{base}add/", *rows):
            answer = browser.get(address, follow=True)
            assert SECRET not in said(answer), address
            pages += 1
        chosen = {"action": "delete_selected", "_selected_action": [row.pk for row in model._default_manager.all()]}
        assert SECRET not in said(browser.post(base, chosen, follow=True)), base
    assert pages > 60


def test_no_model_with_customers_words_is_in_the_administration() -> None:
    closed = {"InboundMail", "OutboundMail", "InboundAttachment", "Blob", "EmailCase", "Note", "Draft", "Event"}
    assert closed & {model.__name__ for model in apps.get_models()} >= closed - {"Draft"}
    assert not closed & {model.__name__ for model in admin.site._registry}


def test_a_mailbox_is_set_up_and_stopped_without_reading_it(case: EmailCase) -> None:
    browser = Client()
    browser.force_login(keeper(Role.ADMIN))
    page = reverse("admin:mail_mailbox_change", args=[Mailbox.objects.get().pk])
    assert browser.get(page).status_code == 200
    assert browser.post(f"{page.removesuffix('change/')}delete/", {"post": "yes"}).status_code == 403
    assert browser.get(reverse("mail:ledger")).status_code == 200


def test_quarantine_is_for_those_who_lead_there(case: EmailCase, bowo: User, hendra: User) -> None:
    held = InboundMail.objects.get(status="QUARANTINED")
    for user in (bowo, hendra):
        browser = Client()
        browser.force_login(user)
        assert SECRET in said(browser.get(reverse("mail:quarantined", args=[held.pk])))
    assert list(quarantine.waiting(bowo)) == [held]
    other = factories.person("lain", Role.TEAM_LEADER, desk_code="TDSCC")
    other.memberships.create(team=other.memberships.get().team, role=Role.ADMIN)
    other = User.objects.get(pk=other.pk)
    assert not quarantine.waiting(other).exists()  # who also keeps the house leads no further for it


def test_who_works_there_does_read_it(rini: User, case: EmailCase) -> None:
    browser = Client()
    browser.force_login(rini)
    assert SECRET in said(browser.get(reverse("cases:case", args=[case.pk])))
    assert Note.objects.get().text in said(browser.get(reverse("cases:case", args=[case.pk])))
