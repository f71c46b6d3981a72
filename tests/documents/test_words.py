"""X-16: abbreviations say what they stand for, on every page and without a question a word."""

from __future__ import annotations

from typing import Any

import pytest
from django.urls import reverse

from tenesa.accounts.models import User
from tenesa.documents import supplied, words
from tenesa.documents.models import Clause, Document, Revision, Term
from tenesa.documents.templatetags.documents import abbr, rules
from tests.tickets.watched import watched
from tests.ui.test_frame import signed_in

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _supplied(db: None) -> Any:
    supplied.load(Document, Revision, Clause, Term)
    words.forget()
    yield
    words.forget()


def test_each_known_abbreviation_is_marked_and_everything_is_escaped(django_assert_num_queries: Any) -> None:
    words.words()
    with django_assert_num_queries(0):
        nossa = '<abbr title="New Operating Support Systems Assurance">NOSSA</abbr>'
        assert abbr("News from NOSSA, not NOSSAX <b>") == f"News from {nossa}, not NOSSAX &lt;b&gt;"
        assert "Change Tarif-0" in abbr("Caring CT-0 dan PRANPC")
        assert abbr("<i>") == "&lt;i&gt;"
        assert [rule.number for rule in rules("W-05 1.2.5, 1.2.6")] == ["W-05 1.2.5", "W-05 1.2.6"]
        assert list(rules("lokal: ADR-0004")) == []


def test_what_document_control_writes_is_seen_at_once_and_does_no_harm() -> None:
    Term.objects.create(word="X<b>Y", long='"><script>', meaning="-")
    assert abbr("X<b>Y") == '<abbr title="&quot;&gt;&lt;script&gt;">X&lt;b&gt;Y</abbr>'
    Term.objects.all().delete()
    assert abbr("NOSSA") == "NOSSA"


def test_pages_carry_them(rini: User) -> None:
    case = watched(rini)
    page = signed_in(rini).get(reverse("cases:case", args=[case.pk])).content.decode()
    assert '<abbr title="Divisi Enterprise Service">DES</abbr>' in page
    assert '<abbr title="Time to Repair">TTR</abbr>' in page
    matrix = signed_in(rini).get(reverse("reporting:activities")).content.decode()
    assert '<abbr title="Key Performance Indicator">KPI</abbr>' in matrix
