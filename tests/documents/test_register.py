"""X-02, X-16: what is in force, what the words mean, and which step fulfils which clause."""

from __future__ import annotations

import pytest
from django.contrib.admin.models import LogEntry
from django.test import Client
from django.urls import reverse

from tenesa.accounts.models import User
from tenesa.accounts.roles import Role
from tenesa.documents import supplied
from tenesa.documents.coverage import coverage, named
from tenesa.documents.models import Clause, Document, Revision, Term
from tests import factories
from tests.ui.test_frame import signed_in

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _supplied(db: None) -> None:
    supplied.load(Document, Revision, Clause, Term)  # a second time changes nothing


def test_it_registers_the_five_supplied_documents_and_those_they_cite(rini: User) -> None:
    assert set(Document.objects.filter(supplied=True).values_list("short", flat=True)) == {
        "W-05", "P-05", "W-02", "W-26", "P-01",
    }  # fmt: skip
    p05 = Document.objects.prefetch_related("revisions").get(short="P-05")
    assert p05.current is not None
    assert (p05.current.number, str(p05.current.effective_on), p05.current.areas) == (
        "02",
        "2020-11-01",
        ["BDG", "JKT"],
    )
    assert [one.number for one in p05.revisions.all()] == ["01", "02"]
    page = signed_in(rini).get(reverse("documents:register")).content.decode()
    assert "IN.OCC.TDSCC.W-89" in page
    assert Client().get(reverse("documents:register")).status_code == 302


def test_it_says_which_steps_fulfil_a_clause(rini: User) -> None:
    w05 = Document.objects.get(short="W-05")
    covered = {one.clause.number: one for one in coverage(w05, w05.clauses.all())}
    assert {"check_segment"} <= {step.name for step in covered["1.2.2"].steps}
    assert (covered["1.1.5"].how, covered["1.2.8"].how) == ("shown", "step")
    assert [number for number, one in covered.items() if one.how == "open"] == []
    for short in ("P-05", "W-02", "W-26", "P-01"):
        document = Document.objects.get(short=short)
        assert {one.clause.number for one in coverage(document, document.clauses.all()) if one.how == "open"} == set()
    p01 = Document.objects.get(short="P-01")
    steps = {one.clause.number: {step.name for step in one.steps} for one in coverage(p01, p01.clauses.all())}
    assert {"approve", "return_to_agent"} <= steps["8 langkah 4"]
    page = signed_in(rini).get(reverse("documents:document", args=[w05.code])).content.decode()
    assert 'id="c-1.2.2"' in page


def test_the_rails_clause_leads_to_the_document(rini: User) -> None:
    assert named("W-05 1.2.5, 1.2.6") == [("W-05", "1.2.5"), ("W-05", "1.2.6")]
    client = signed_in(rini)
    found = client.get(reverse("documents:clause"), {"of": "W-05 1.2.5, 1.2.6"})
    assert found["Location"] == "/documents/IN.OCC.TENESA.W-05/#c-1.2.5"
    for unknown in ("lokal: ADR-0004", "W-99 1.2", "'"):
        assert client.get(reverse("documents:clause"), {"of": unknown}).status_code == 404
    assert client.get(reverse("documents:document", args=["W-99"])).status_code == 404


def test_the_glossary_holds_every_definition(rini: User) -> None:
    wanted = {*(f"P-05 6.{n}" for n in range(1, 13)), *(f"P-01 6.{n}" for n in range(1, 11))}
    assert {at for term in Term.objects.all() for at in term.clauses} == wanted
    client = signed_in(rini)
    page = client.get(reverse("documents:glossary"), {"q": "redaman"}).content.decode()
    assert "EMBASSY" in page
    assert "Eyebeam" not in page
    found = client.get(reverse("palette"), {"q": "nossa"}).content.decode()
    assert "New Operating Support Systems Assurance" in found


@pytest.mark.parametrize("role", [Role.DOC_CONTROL, Role.ADMIN])
def test_document_control_edits_with_a_history(db: None, role: Role) -> None:
    chief = factories.person("chief", role)
    chief.is_staff, chief.is_superuser = True, role == Role.ADMIN
    chief.save()
    term = Term.objects.get(word="NOSSA")
    address = reverse("admin:documents_term_change", args=[term.pk])
    given = {"word": "NOSSA", "long": term.long, "meaning": "Sistem tiket.", "clauses": "P-05 6.4"}
    assert signed_in(chief).post(address, given).status_code == 302
    assert Term.objects.get(pk=term.pk).meaning == "Sistem tiket."
    assert LogEntry.objects.get(user=chief).object_id == str(term.pk)
    assert signed_in(chief).post(reverse("admin:documents_term_delete", args=[term.pk])).status_code == 403
    w05 = Document.objects.get(short="W-05")
    page = signed_in(chief).get(reverse("documents:document", args=[w05.code])).content.decode()
    edit = reverse("admin:documents_document_change", args=[w05.pk])
    assert f'href="{edit}"' in page
    assert signed_in(chief).get(edit).status_code == 200
    others = signed_in(chief).get(reverse("admin:accounts_user_changelist"))
    assert others.status_code == (200 if role == Role.ADMIN else 403)


def test_staff_of_another_role_may_not_touch_the_register(rini: User) -> None:
    rini.is_staff = True
    rini.save()
    assert signed_in(rini).get(reverse("admin:documents_document_changelist")).status_code == 403
    assert "/admin/documents/" not in signed_in(rini).get(reverse("documents:register")).content.decode()
