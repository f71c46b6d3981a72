"""Somebody of a unit of Telkom: signs in by browser, sees and moves their own requests, and nothing else is there."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

import pytest
from django.test import Client
from django.urls import URLPattern, get_resolver, reverse

from pending.models import PendingRequest
from tenesa.accounts.models import User
from tenesa.mail.models import OutboundMail
from tenesa.notices.models import Notice
from tenesa.ui import external_access
from tenesa.ui.viewing import here
from tenesa.workflow.perform import perform
from tenesa.workspace.case_page import PARTS
from tests import factories
from tests.journeys.desk import Outside
from tests.pending.desk import OTHER, again, ahead, asked, contacting, deliver, pended
from tests.pending.test_letters import WORDS, arrives
from tests.platform.test_api import client as client_of

pytestmark = pytest.mark.django_db
HTMX = {"HX-Request": "true"}
SAMPLES = {"int": "1", "uuid": "6f7e2c1a-0000-4000-8000-000000000000", "slug": "x", "str": "x", "path": "x"}


def addresses(patterns: list[Any], path: str = "/", names: str = "") -> Iterator[tuple[str, str]]:
    """(name, an address) of everything that the house serves, the administration as its door alone."""
    for one in patterns:
        part = re.sub(r"<(?:(\w+):)?\w+>", lambda found: SAMPLES[found[1] or "str"], str(one.pattern))
        part = re.sub(r"\(\?P<\w+>[^)]*\)", "1", part).replace("\\.", ".").lstrip("^").rstrip("$?")
        if isinstance(one, URLPattern):
            yield names + (one.name or ""), path + part
        elif str(one.pattern) == "admin/":
            yield "admin:index", path + part
        else:
            space = f"{one.namespace}:" if one.namespace else ""
            yield from addresses(one.url_patterns, path + part, names + space)


def test_nothing_else_of_the_house_is_there(ujang: User, rini: User, client: Client) -> None:
    case = factories.opened()
    client.force_login(ujang)
    found = dict(addresses(get_resolver().url_patterns))
    assert len(found) > 60
    answers = {name: client.get(path).status_code for name, path in found.items() if name not in external_access.doors}
    assert {name: code for name, code in answers.items() if code != 404} == {}
    assert client.get(reverse("cases:case", args=[case.pk])).status_code == 404
    assert client.get("/")["Location"] == f"{reverse('pending:list')}?view=own"
    page = client.get(reverse("pending:list")).content.decode()
    assert re.findall(r'<a href="([^"]+)"[^>]*>\s*<svg', page.split('id="nav"')[1].split("</nav>")[0]) == [
        f"{reverse('pending:list')}?view=own"
    ]
    assert reverse("outbox") not in client.get(reverse("palette")).content.decode()
    client.force_login(rini)
    assert client.get(reverse("outbox")).status_code == 200


def test_by_token_there_is_nothing_else_either(ujang: User, rini: User) -> None:
    case, unit = factories.opened(), client_of(ujang)
    assert unit.get("/api/cases/").json()["results"] == []
    assert unit.get(f"/api/cases/{case.pk}/").status_code == 404
    assert unit.post(f"/api/cases/{case.pk}/steps/take/", {}, format="json").status_code == 404
    assert unit.get("/api/escalations/").json()["results"] == []


def test_a_unit_asks_extends_goes_on_early_and_cancels(
    ujang: User, asep: User, rini: User, nossa: Outside, client: Client
) -> None:
    running, waits, others = pended(rini, ujang), asked(ujang, OTHER), asked(asep, "IN10480003")

    def step(request: PendingRequest, name: str, **data: Any) -> int:
        return client.post(reverse("pending:step", args=[request.pk, name]), data, headers=HTMX).status_code

    client.force_login(ujang)
    listed = client.get(reverse("pending:list")).content.decode()
    assert [one.number in listed for one in (running, waits, others)] == [True, True, False]
    assert client.get(reverse("pending:case", args=[others.pk])).status_code == 404
    assert step(others, "cancel", note="x") == 404
    assert step(waits, "pick_up") == 403
    assert step(waits, "cancel", note="Petugas bisa datang hari ini.") == 200
    more = {"reason": "CUST_REQUEST", "reason_text": "Perlu waktu.", "until": ahead(hours=9)}
    assert step(running, "extend", **more) == 200
    longer = PendingRequest.objects.get(extends=running)
    assert client.get(reverse("pending:case", args=[longer.pk])).status_code == 200
    assert step(longer, "keep_agreement", note="Tidak jadi.") == 200
    assert step(longer, "go_on", asked_by="UNIT", note="Material sudah ada.") == 200
    deliver(longer)
    assert [again(one).state for one in (running, waits, longer)] == ["EXTENDED", "CANCELLED", "RESUMED"]


def test_its_page_says_what_it_said_and_nothing_of_the_house(
    ujang: User, rini: User, dewi: User, nossa: Outside, client: Client
) -> None:
    mailbox = factories.mailbox()
    request = pended(rini, ujang)
    perform(request, "note", actor=rini, data={"text": "Pelanggan lebih suka sore."})
    perform(again(request), "write", actor=rini, data={"message": "Kami telepon jam dua."})
    arrives(mailbox, OutboundMail.objects.filter(purpose="pend_done").get())
    here(again(request), dewi, writes=True)
    client.force_login(ujang)
    parts = {name: client.get(reverse("pending:part", args=[request.pk, name])) for name in PARTS}
    assert {name for name, answer in parts.items() if answer.status_code == 404} == {"clocks", "bar"}
    pages = [client.get(reverse("pending:list")), client.get(request.get_absolute_url()), *parts.values()]
    seen = "".join(page.content.decode() for page in pages if page.status_code == 200)
    assert [words for words in ("Bonar Nababan", WORDS, "Yang telah disepakati") if words not in seen] == []
    ours = ["lebih suka", "jam dua", str(dewi), "bonar@", "made@", "/mail/", "/documents/", "/procedures/", "/outbox/"]
    ours += [f"/{name}/" for name in ("here", "draft", "compose", "bulk", "next")]
    assert [words for words in ours if words in seen] == []
    client.force_login(rini)
    whole = client.get(request.get_absolute_url()).content.decode()
    assert [words for words in ours if words not in whole + client.get(reverse("outbox")).content.decode()] == []


def test_whoever_agreed_a_hold_is_told_what_the_unit_does_with_it(
    ujang: User, rini: User, bowo: User, nossa: Outside
) -> None:
    first, second, third = pended(rini, ujang), pended(rini, ujang, OTHER), contacting(rini, asked(ujang, "IN10480003"))
    more = {"reason": "CUST_REQUEST", "reason_text": "Perlu waktu.", "until": ahead(hours=9)}
    perform(first, "extend", actor=ujang, data=more)
    perform(second, "go_on", actor=ujang, data={"asked_by": "UNIT", "note": "Petugas sudah di lokasi."})
    perform(third, "release", actor=bowo)
    perform(perform(third, "take", actor=rini), "cancel", actor=ujang, data={"note": "Tidak jadi."})
    told = Notice.objects.filter(person=rini).order_by("pk").values_list("kind", "case_id", "step")
    assert list(told) == [
        ("ACTED", one.pk, step)
        for one, step in [(first, "extend"), (second, "go_on"), (third, "release"), (third, "cancel")]
    ]
