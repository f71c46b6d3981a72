"""Who knows of which case: desk and area, the same on every list, by page, by REST and for one row in hand."""

from __future__ import annotations

import pytest
from django.test import Client
from django.urls import reverse

from tenesa.accounts.models import Area
from tenesa.accounts.roles import Role
from tenesa.workflow.errors import UnknownStep
from tenesa.workflow.perform import perform
from tenesa.workspace.lists import counts
from tests import factories
from tests.platform.test_api import client as rest
from tickets.desk import EmailDesk
from tickets.models import EmailCase
from tickets.services import next_case

pytestmark = pytest.mark.django_db
# desk and area of the person | desk and area of the case | seen
PLACES = [
    ("TENESA", "BDG", "TENESA", "BDG", True),
    ("TENESA", "BDG", "TENESA", None, True),
    ("TENESA", None, "TENESA", "BDG", True),
    ("TENESA", None, "TENESA", None, True),
    ("TENESA", "BDG", "TENESA", "SMG", False),
    ("TENESA", "BDG", "TDSCC", "BDG", False),
    ("TENESA", None, "TDSCC", None, False),
]


@pytest.mark.parametrize(("desk", "area", "case_desk", "case_area", "seen"), PLACES)
def test_a_case_is_seen_by_desk_and_area_and_by_nobody_else(
    desk: str, area: str | None, case_desk: str, case_area: str | None, seen: bool
) -> None:
    person = factories.person("tuti", Role.AGENT_EMAIL, desk_code=desk, area=area)
    for code in filter(None, {area, case_area}):
        Area.objects.get_or_create(code=code, defaults={"name": code})
    case = factories.opened()
    EmailCase.objects.filter(pk=case.pk).update(desk=factories.desk(case_desk), area_id=case_area)
    case = EmailCase.objects.get(pk=case.pk)

    assert case.is_seen_by(person) is seen
    assert EmailCase.objects.visible_to(person).exists() is seen
    assert bool(counts([EmailDesk()], person)[0][0][0].get("queue")) is seen
    api, browser = rest(person), Client()
    browser.force_login(person)
    assert browser.get(reverse("cases:case", args=[case.pk])).status_code == (200 if seen else 404)
    for view in ("queue", "all"):
        assert (case.number in browser.get(reverse("cases:list"), {"view": view}).content.decode()) is seen
    assert bool(api.get("/api/cases/").json()["results"]) is seen
    assert api.get(f"/api/cases/{case.pk}/").status_code == (200 if seen else 404)
    if seen:
        assert next_case(person) == case
    else:
        assert next_case(person) is None
        with pytest.raises(UnknownStep):
            perform(case, "take", actor=person)


@pytest.mark.parametrize("role", [Role.ADMIN, Role.DOC_CONTROL])
def test_who_keeps_the_house_or_its_papers_reads_no_customers_words(role: Role) -> None:
    person = factories.person("wayan", role)
    person.is_staff = True
    person.save()
    case = factories.opened()
    EmailCase.objects.filter(pk=case.pk).update(triage="Segmen tidak dikenal")
    mail = case.first_mail
    api, browser = rest(person), Client()
    browser.force_login(person)
    assert not EmailCase.objects.visible_to(person).exists()
    for name, args in (("cases:case", [case.pk]), ("mail:formatted", [mail.pk])):
        assert browser.get(reverse(name, args=args)).status_code == 404, name
    held = factories.inbound("Rahasia pelanggan.", status="QUARANTINED", reason="kaset macet")
    assert browser.get(reverse("mail:quarantined", args=[held.pk])).status_code == 403
    assert browser.get(reverse("mail:quarantine")).status_code == 403
    for page in ("cases:list", "outbox", "palette"):
        shown = browser.get(reverse(page), {"q": mail.subject}).content.decode()
        assert mail.from_address not in shown, page
        assert case.number not in shown, page
    assert api.get("/api/cases/").json()["results"] == []
    assert api.get(f"/api/cases/{case.pk}/").status_code == 404
