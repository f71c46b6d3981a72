"""Signing in, readiness and presence (W-05 1.1), the navigation rail, the palette, safety headers."""

from __future__ import annotations

import gzip
from pathlib import Path

import pytest
from django.conf import settings
from django.test import Client
from django.urls import reverse

from tenesa.accounts.models import Presence, PresenceChange, PresenceState, Readiness, User
from tenesa.accounts.roles import Role
from tenesa.search.index import refresh
from tests import factories

pytestmark = pytest.mark.django_db


def signed_in(user: User) -> Client:
    client = Client()
    client.force_login(user)
    return client


def test_it_sends_strangers_to_the_sign_in() -> None:
    for name in ("home", "cases:list", "readiness", "outbox", "cases:map"):
        response = Client().get(reverse(name))
        assert response.status_code == 302
        assert reverse("login") in response["Location"]


def test_it_begins_the_shift_with_the_readiness_list() -> None:
    rini = factories.person("rini", Role.AGENT_EMAIL, ready=False)
    assert signed_in(rini).get("/")["Location"] == reverse("readiness")


def test_it_refuses_auto_in_until_the_list_is_complete() -> None:
    rini = factories.person("rini", Role.AGENT_EMAIL, ready=False)
    response = signed_in(rini).post(reverse("readiness"), {"checked": ["pc", "apps"]})
    assert response.status_code == 422
    assert "NOSSA" in response.content.decode()
    assert Presence.objects.get(user=rini).state == PresenceState.OFFLINE
    assert not PresenceChange.objects.filter(user=rini).exists()


def test_it_lets_a_ready_person_receive_work() -> None:
    rini = factories.person("rini", Role.AGENT_EMAIL, ready=False)
    response = signed_in(rini).post(reverse("readiness"), {"checked": [item.value for item in Readiness]})
    assert response["Location"] == reverse("home")
    assert Presence.objects.get(user=rini).state == PresenceState.AVAILABLE


def test_it_changes_presence_with_its_reason(rini: User) -> None:
    response = signed_in(rini).post(reverse("presence"), {"state": "AUX:prayer"})
    assert response.status_code == 200
    presence = Presence.objects.get(user=rini)
    assert (presence.state, presence.reason) == ("AUX", "prayer")
    assert signed_in(rini).post(reverse("presence"), {"state": "PARTY"}).status_code == 400


def test_auto_in_without_the_list_leads_to_the_list() -> None:
    rini = factories.person("rini", Role.AGENT_EMAIL, ready=False)
    response = signed_in(rini).post(reverse("presence"), {"state": "AVAILABLE"}, headers={"HX-Request": "true"})
    assert response["HX-Redirect"] == reverse("readiness")
    assert not Presence.objects.filter(user=rini, state=PresenceState.AVAILABLE).exists()


def test_it_shows_triage_to_leaders_only(rini: User, bowo: User) -> None:
    address = f"{reverse('cases:list')}?view=triage"
    assert signed_in(rini).get(address).status_code == 404
    assert signed_in(bowo).get(address).status_code == 200
    assert "view=triage" not in signed_in(rini).get(reverse("cases:list")).content.decode()


def test_the_palette_finds_pages_and_cases(rini: User) -> None:
    case = factories.opened(subject="Link Tegal mati total")
    refresh()
    client = signed_in(rini)
    found = client.get(reverse("palette"), {"q": "tegal mati"}).content.decode()
    assert case.number in found
    assert reverse("cases:map") in client.get(reverse("palette"), {"q": "peta"}).content.decode()
    assert (
        case.number
        not in signed_in(factories.person("asing", Role.AGENT_EMAIL, desk_code="TDSCC"))
        .get(reverse("palette"), {"q": "tegal mati"})
        .content.decode()
    )


def test_the_palette_offers_the_steps_of_the_open_case(rini: User) -> None:
    case = factories.opened()
    asked = {"q": "ambil", "case": f"tickets.emailcase:{case.pk}"}
    found = signed_in(rini).get(reverse("palette"), asked).content.decode()
    assert 'data-press="a"' in found


def test_it_keeps_a_strict_policy_and_no_inline_code(rini: User) -> None:
    factories.opened()
    response = signed_in(rini).get(reverse("cases:list"), {"view": "queue"})
    policy = response["Content-Security-Policy"]
    assert "default-src 'none'" in policy
    assert "unsafe" not in policy
    page = response.content.decode()
    assert "style=" not in page
    assert "<script>" not in page
    assert " onclick=" not in page


def test_it_remembers_the_theme(rini: User) -> None:
    client = signed_in(rini)
    client.cookies["theme"] = "dark"
    assert 'data-theme="dark"' in client.get(reverse("cases:list")).content.decode()
    client.cookies["theme"] = '"><script>'
    assert "data-theme=" not in client.get(reverse("cases:list")).content.decode().partition("<head>")[0]


def test_the_first_paint_stays_below_100_kb() -> None:
    from django.contrib.staticfiles import finders

    names = ("dist/app.css", "dist/app.js", "django_htmx/htmx-2.min.js")
    paths = [finders.find(name) for name in names]
    if None in paths[:2]:
        pytest.skip("static/dist is not built; `make test` builds it")
    sizes = [len(gzip.compress(Path(path).read_bytes())) for path in paths if path]
    assert sum(sizes) < 100_000
    assert settings.STATIC_URL == "/static/"
