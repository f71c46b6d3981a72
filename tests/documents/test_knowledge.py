"""X-14, P-05 5.5: scripts and products at hand, found by Indonesian words and beside the case they fit."""

from __future__ import annotations

import pytest
from django.urls import reverse

from segmentation.models import Service
from tenesa.accounts.models import User
from tenesa.accounts.roles import Role
from tenesa.knowledge import demo, services
from tenesa.knowledge.models import Article, Product, Version
from tenesa.workflow.perform import perform
from tests import factories
from tests.ui.test_frame import signed_in
from tickets import knowledge
from tickets.forms import InformationForm
from tickets.models import EmailCase

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _known(db: None) -> None:
    demo.load()


def test_loading_twice_changes_nothing() -> None:
    demo.load()
    assert (Article.objects.count(), Version.objects.count(), Product.objects.count()) == (22, 22, 12)


@pytest.mark.parametrize(
    ("words", "slug"),
    [("konektornya", "los-merah"), ("redaman angka saya", "redaman-tinggi"), ("Astinett SD-WNA", "tip-sdwan")],
)
def test_it_finds_by_word_stems_and_forgives_typos(words: str, slug: str) -> None:
    assert slug in [article.slug for article in services.search(words)]


@pytest.mark.parametrize("words", ["", "'", "a & | !", "x" * 500])
def test_nonsense_finds_nothing_and_breaks_nothing(rini: User, words: str) -> None:
    assert signed_in(rini).get(reverse("knowledge:shelf"), {"q": words}).status_code == 200


def test_a_draft_is_not_read_until_it_is_published(rini: User) -> None:
    article = Article.objects.get(slug="los-merah")
    services.write(article, "Lampu baru", "Isi zamrud", by=rini, note="contoh", draft=True)
    assert services.search("zamrud") == []
    services.publish(Version.objects.get(title="Lampu baru"))
    assert [one.slug for one in services.search("zamrud")] == ["los-merah"]
    page = signed_in(rini).get(reverse("knowledge:article", args=["los-merah"])).content.decode()
    assert "v1" in page
    assert "contoh" in page


def test_markdown_does_nothing_but_format() -> None:
    drawn = services.html_of("**tebal** <script>alert(1)</script> [x](javascript:alert(1)) [y](https://a.example)")
    assert "<strong>tebal</strong>" in drawn
    assert "<script" not in drawn
    assert 'href="javascript' not in drawn
    assert 'href="https://a.example"' in drawn


def with_service(name: str) -> EmailCase:
    case = factories.opened(extracted={"product_ids": ["4700112-0045127790"], "incidents": [], "phones": []})
    Service.objects.create(product_id="4700112-0045127790", product="DATA", name=name, customer=factories.customer())
    return case


def test_beside_a_case_lies_what_fits_its_product_and_symptom(rini: User) -> None:
    case = with_service("Astinet 50 Mbps")
    EmailCase.objects.filter(pk=case.pk).update(symptom="SLOW", segment="DES")
    case.refresh_from_db(fields=["symptom", "segment"])
    found = [article.slug for article in knowledge.articles_for(case)]
    assert found[0] == "link-lambat"
    assert "tip-sdwan" in found
    page = signed_in(rini).get(reverse("cases:case", args=[case.pk])).content.decode()
    assert reverse("knowledge:article", args=["link-lambat"]) in page


def test_an_information_answer_offers_the_related_products(rini: User) -> None:
    case = with_service("Astinet 50 Mbps")
    form = InformationForm(case=case, actor=rini, auto_id="id_%s")
    _none, (_word, near), (_others, far) = form.fields["related_product"].choices  # type: ignore[attr-defined]
    assert "Astinet SD-WAN" in dict(near)
    assert any("IndiHome" in name for name, _pitch in far)
    refused = InformationForm({"message": "Ya.", "related_product": "apa saja"}, case=case, actor=rini)
    assert list(refused.errors) == ["related_product"]
    assert InformationForm({"message": "Ya.", "related_product": "Astinet SD-WAN"}, case=case, actor=rini).is_valid()
    assert not InformationForm({"message": "Ya."}, case=case, actor=rini).is_valid()
    assert InformationForm({"message": "Ya.", "none_fits": "sudah punya"}, case=case, actor=rini).is_valid()


def test_why_no_product_was_named_can_be_read_on_the_case(rini: User) -> None:
    case = perform(with_service("Astinet"), "take", actor=rini)
    factories.put(case, "CLASSIFIED", kind="INFORMATION", segment="DES", segment_source="MANUAL", segment_reason="x")
    answer = {"message": "Bisa.", "none_fits": "sudah berlangganan semua"}
    perform(case, "answer_information", actor=rini, data=answer)
    bowo = factories.person("bowo", Role.TEAM_LEADER)
    page = signed_in(bowo).get(reverse("cases:case", args=[case.pk])).content.decode()
    assert page.count("sudah berlangganan semua") >= 2  # the step on the timeline, and the fact


def test_an_administrator_writes_versions() -> None:
    chief = factories.person("chief", Role.ADMIN)
    chief.is_staff = chief.is_superuser = True
    chief.save()
    article = Article.objects.get(slug="los-merah")
    given = {"slug": "los-merah", "kind": "ARTICLE", "path": article.path, "products": "INTERNET", "symptoms": "LOS"}
    given |= {"segments": "", "title": "Lampu LOS", "body": "Baru.", "note": "ringkas"}
    assert signed_in(chief).post(reverse("admin:knowledge_article_change", args=[article.pk]), given).status_code == 302
    newest = article.versions.first()
    assert newest is not None
    assert (newest.number, newest.by, newest.note) == (2, chief, "ringkas")
    assert Article.objects.get(pk=article.pk).published == newest
