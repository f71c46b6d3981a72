"""The pages of the scripts: an agent reads and confirms, two people change a text, leaders see who has not read."""

from __future__ import annotations

import re

import pytest
from django.test import Client
from django.urls import reverse

from tenesa.accounts.models import User
from tenesa.accounts.roles import Role
from tenesa.knowledge import drafts, scripts
from tenesa.knowledge.models import Reading, Script, Version
from tests import factories
from tests.knowledge.conftest import FIRST, changed
from tests.ui.test_frame import signed_in

pytestmark = pytest.mark.django_db
DRAFT = {"title": "Uji coba", "body": FIRST + "\n\nBaris baru.", "note": "tambah baris", "material": "on"}


def at(page: str, script: Script, *more: object) -> str:
    return reverse(f"knowledge:{page}", args=[script.article.slug, *more])


def shown(client: Client, address: str, status: int = 200) -> str:
    answer = client.get(address)
    assert answer.status_code == status
    return " ".join(answer.content.decode().split())


def opened(page: str) -> str:
    found = re.search(r'name="opened" value="([^"]+)"', page)
    assert found
    return found[1]


@pytest.fixture
def material(script: Script, wayan: User, bowo: User) -> Version:
    return drafts.approve(changed(script, wayan), bowo, material=True)


# --- reading ---------------------------------------------------------------------------------------------------------
def test_an_agent_is_called_to_a_script_reads_it_and_is_called_no_more(script, material, sari) -> None:
    client = signed_in(sari)
    assert "harus dibaca" in shown(client, reverse("knowledge:scripts"))
    assert "1 skrip menunggu Anda" in shown(client, reverse("knowledge:shelf"))
    page = shown(client, at("script", script))
    assert "Baris empat." in page
    assert client.post(at("script-read", script), {"opened": opened(page)}).status_code == 302
    reading = Reading.objects.get()
    assert (reading.user, reading.version, reading.opened_at < reading.confirmed_at) == (sari, material, True)
    assert "harus dibaca" not in shown(client, reverse("knowledge:scripts"))
    assert 'name="opened"' not in shown(client, at("script", script))


@pytest.mark.parametrize("given", ["", "palsu", "WzIsICIyMDI2Il0:1:xx"])
def test_a_confirmation_that_no_page_offered_counts_for_nothing(script, material, sari, given) -> None:
    signed_in(sari).post(at("script-read", script), {"opened": given})
    assert not Reading.objects.exists()


def test_another_person_s_page_and_another_script_s_page_confirm_nothing(script, material, sari, wayan, bowo) -> None:
    tono = factories.person("tono", Role.AGENT_147)
    other = drafts.new_script("Knowledge/Lain", readers=["agent_147"])
    drafts.approve(drafts.draft(other.article, "Lain", "Lain.", by=wayan, note="x"), bowo, material=True)
    mine = opened(shown(signed_in(sari), at("script", script)))
    signed_in(tono).post(at("script-read", script), {"opened": mine})
    signed_in(sari).post(at("script-read", other), {"opened": mine})
    assert not Reading.objects.exists()


def test_a_text_that_changed_while_it_lay_open_is_confirmed_as_what_it_was(script, material, sari, wayan, bowo) -> None:
    client = signed_in(sari)
    page = shown(client, at("script", script))
    newer = drafts.approve(changed(script, wayan, "Lain sama sekali."), bowo, material=True)
    answer = client.post(at("script-read", script), {"opened": opened(page)}, follow=True)
    assert "teks yang baru" in answer.content.decode()
    assert Reading.objects.get().version == material
    assert scripts.must_acknowledge(sari, newer)


def test_an_article_address_leads_to_the_script(script, rini) -> None:
    answer = signed_in(rini).get(reverse("knowledge:article", args=[script.article.slug]))
    assert answer["Location"] == at("script", script)


def test_drafts_do_not_exist_for_agents(script, wayan, sari) -> None:
    draft, client = changed(script, wayan), signed_in(sari)
    unpublished = drafts.new_script("Knowledge/Baru", readers=["agent_147"])
    for address in (at("script-version", script, draft.number), at("script", unpublished)):
        shown(client, address, 404)
    assert "Baris empat" not in shown(client, at("script", script))
    shown(client, at("script-version", script, 1))
    for address in (at("script-write", script), reverse("knowledge:script-new"), at("script-readers", script)):
        shown(client, address, 403)
    assert client.post(at("script-decide", script, draft.number), {"decision": "approve"}).status_code == 403
    assert client.post(reverse("knowledge:script-compare")).status_code == 403


def test_people_of_another_house_find_no_scripts(script) -> None:
    shown(signed_in(factories.person("ujang", Role.TELKOM_UNIT)), reverse("knowledge:scripts"), 404)


# --- two people change a text ----------------------------------------------------------------------------------------
def test_one_writes_and_another_approves_what_is_shown(script, wayan, bowo) -> None:
    author, leader = signed_in(wayan), signed_in(bowo)
    assert "Baris tiga." in shown(author, at("script-write", script))
    written = author.post(at("script-write", script), DRAFT, follow=True)
    assert "menunggu persetujuan orang lain" in written.content.decode()
    assert "harus disetujui" in shown(leader, reverse("knowledge:scripts"))
    page = shown(leader, at("script-version", script, 2))
    assert '<p data-kind="added"><ins>' in page
    assert "Baris baru." in page
    approved = leader.post(at("script-decide", script, 2), {"decision": "approve", "material": "on"}, follow=True)
    assert "Baris baru." in approved.content.decode()
    published = scripts.current(script.path)
    assert published is not None
    assert (published.number, published.version.material) == (2, True)


def test_one_s_own_draft_cannot_be_approved_even_by_hand(script, bowo) -> None:
    draft, client = changed(script, bowo), signed_in(bowo)
    assert 'value="approve"' not in shown(client, at("script-version", script, draft.number))
    answer = client.post(at("script-decide", script, draft.number), {"decision": "approve"})
    assert answer.status_code == 409
    assert "orang lain" in answer.content.decode()
    assert Version.objects.get(pk=draft.pk).waits


def test_the_second_decision_on_a_draft_is_refused_in_words(script, wayan, bowo, hendra) -> None:
    draft = changed(script, wayan)
    drafts.turn_back(draft, hendra, "Kurang sopan.")
    answer = signed_in(bowo).post(at("script-decide", script, draft.number), {"decision": "approve"})
    assert answer.status_code == 409
    page = answer.content.decode()
    assert "sudah diputuskan" in page
    assert "Kurang sopan." in page


def test_a_draft_goes_back_only_with_a_reason(script, wayan, bowo) -> None:
    draft, client = changed(script, wayan), signed_in(bowo)
    address = at("script-decide", script, draft.number)
    assert client.post(address, {"decision": "back", "reason": ""}).status_code == 422
    assert client.post(address, {"decision": "terserah"}).status_code == 422
    assert Version.objects.get(pk=draft.pk).waits
    assert client.post(address, {"decision": "back", "reason": "Kurang sopan."}).status_code == 302
    assert Version.objects.get(pk=draft.pk).closed_note == "Kurang sopan."


def test_writing_goes_on_from_a_draft_and_from_one_s_own(script, wayan, hendra) -> None:
    theirs = changed(script, wayan, "Kata Wayan.")
    assert "Kata Wayan." in shown(signed_in(wayan), at("script-write", script))
    client = signed_in(hendra)
    assert "Kata Wayan." not in shown(client, at("script-write", script))
    assert "Kata Wayan." in shown(client, f"{at('script-write', script)}?from={theirs.number}")
    shown(client, f"{at('script-write', script)}?from=99", 404)
    assert client.get(f"{at('script-write', script)}?from={'9' * 40}").status_code == 200


def test_a_new_script_gets_its_place_once(wayan, script) -> None:
    client = signed_in(wayan)
    given = {**DRAFT, "path": "Script Handling 147 › Salam", "readers": ["agent_147"]}
    assert client.post(reverse("knowledge:script-new"), given).status_code == 302
    made = Script.objects.get(path="Knowledge/Script Handling 147/Salam")
    assert (made.article.published, made.article.path, made.mirrored) == (None, "Script Handling 147", False)
    assert "belum terbit" in shown(client, reverse("knowledge:scripts"))
    for wrong in (
        {"path": script.path},
        {"path": "Knowledge"},
        {"path": ""},
        {"readers": ["raja"]},
        {"body": ""},
        {"note": ""},
    ):
        assert client.post(reverse("knowledge:script-new"), {**given, "path": "Lain", **wrong}).status_code == 422
    assert Script.objects.count() == 2


# --- who has read ----------------------------------------------------------------------------------------------------
def test_a_leader_sees_who_of_the_own_desks_has_not_read(script, material, sari, bowo) -> None:
    factories.person("tono", Role.AGENT_TIER2)
    factories.person("jauh", Role.AGENT_147, desk_code="LAIN")
    scripts.acknowledge(sari, material, material.approved_at)
    page = shown(signed_in(bowo), at("script-readers", script))
    assert "1 orang di desk Anda belum membacanya." in page
    assert page.index("Tono") < page.index("Sari")
    assert "Jauh" not in page


def test_a_leader_says_who_reads_a_script_aloud(script, material, sari, bowo) -> None:
    client = signed_in(bowo)
    assert client.post(at("script-readers", script), {"readers": ["agent_tier2"]}).status_code == 302
    assert Script.objects.get(pk=script.pk).readers == ["agent_tier2"]
    assert not scripts.must_acknowledge(sari, material)
    assert client.post(at("script-readers", script), {"readers": ["raja"]}).status_code == 422


def test_the_list_costs_the_same_for_one_script_and_for_twenty(bowo, wayan, django_assert_max_num_queries) -> None:
    for number in range(20):
        made = drafts.new_script(f"Knowledge/Uji/{number}", readers=["team_leader"])
        drafts.approve(drafts.draft(made.article, f"Uji {number}", "Isi.", by=wayan, note="x"), bowo, material=True)
    client = signed_in(bowo)
    with django_assert_max_num_queries(26):
        shown(client, reverse("knowledge:scripts"))
