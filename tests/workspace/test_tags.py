"""Tags on cases of every desk: put on, taken off, told, found again, and the list that leaders keep."""

from __future__ import annotations

from typing import Any

import pytest
from django.db import IntegrityError, transaction
from django.urls import reverse

from tenesa.accounts.models import User
from tenesa.accounts.roles import Role
from tenesa.search.index import refresh
from tenesa.search.results import search
from tenesa.workflow.errors import InvalidInput, NotNow, NotYourStep
from tenesa.workspace import tags
from tenesa.workspace.models import CaseTag, Tag, TagChange
from tests import factories
from tests.refusals import everything
from tests.ui.test_frame import signed_in
from tests.workspace.rooms import Room, text_of

pytestmark = pytest.mark.django_db


def on(case: Any) -> list[str]:
    return [tag.name for tag in tags.of(type(case)._default_manager.get(pk=case.pk))]


# --- of every desk ---------------------------------------------------------------------------------------------------
def test_a_tag_is_put_on_shown_found_and_taken_off_at_every_desk(
    room: Room, monkeypatch: pytest.MonkeyPatch, django_capture_on_commit_callbacks: Any
) -> None:
    case, other = room.open(), room.open()
    told: list[Any] = []
    monkeypatch.setattr("tenesa.workflow.perform.listeners", [lambda one: told.append(one.pk)])
    address, view = room.desk.url("tags", case.pk), room.view(case)
    with django_capture_on_commit_callbacks(execute=True):
        head = text_of(room.browser.post(address, {"name": " #Gangguan   massal "}))
        again = room.browser.post(address, {"name": "gangguan MASSAL"})
    assert "Gangguan massal" in head
    assert (again.status_code, on(case), told) == (200, ["Gangguan massal"], [case.pk])
    page = room.page(view, tag="GANGGUAN massal")
    assert [(row.pk, [*row.tags]) for row in page.rows] == [(case.pk, ["Gangguan massal"])]
    assert "tag=GANGGUAN+massal" in page.query
    assert other.pk in {row.pk for row in room.page(view).rows}
    assert room.page(view, tag="tidak ada").rows == []
    shown = room.shown(case)
    assert "Gangguan massal" in shown
    with django_capture_on_commit_callbacks(execute=True):
        room.browser.post(address, {"remove": "Gangguan massal"})
        room.browser.post(address, {"remove": "Gangguan massal"})
    [row] = CaseTag.objects.all()
    assert (on(case), row.added_by, row.removed_by, told) == ([], room.worker, room.worker, [case.pk, case.pk])
    history = room.part(case, "timeline")
    assert f'id="entry-tag-{row.pk}"' in history
    assert f'id="entry-tag-off-{row.pk}"' in history
    assert room.again(case).version == case.version, "no step was taken"


def test_rest_reads_and_writes_the_tags_of_a_case(rini: User) -> None:
    case, browser = factories.opened(), signed_in(rini)
    address = f"/api/cases/{case.pk}/tags/"
    sent = browser.post(address, {"name": "VIP area"}, content_type="application/json")
    assert (sent.status_code, sent.json()) == (200, {"tags": ["VIP area"]})
    found = browser.get("/api/cases/", {"tag": "vip area", "state": case.state}).json()
    assert [row["id"] for row in found["results"]] == [case.pk]
    assert browser.get("/api/cases/", {"tag": "lain", "state": case.state}).json()["results"] == []
    bad = browser.post(address, {"name": "<b>"}, content_type="application/json")
    words = "Nama tag terdiri atas huruf, angka, spasi, dan . & + / -"
    assert (bad.status_code, bad.json()["errors"]) == (422, {"name": [words]})
    assert browser.get("/api/tags/", {"q": "vip"}).json() == {"tags": ["VIP area"]}
    assert browser.delete(f"{address}vip area/").json() == browser.get(address).json() == {"tags": []}


# --- who, and what is refused ----------------------------------------------------------------------------------------
def test_only_who_works_there_tags_and_only_what_they_see(rini: User, asing: User) -> None:
    case, unit = factories.opened(), factories.person("ujang", Role.TELKOM_UNIT, ready=False)
    address = reverse("cases:tags", args=[case.pk])
    officer = factories.person("puspita", Role.QCO)
    assert [signed_in(user).post(address, {"name": "x"}).status_code for user in (asing, unit, officer)] == [
        404,
        404,
        403,
    ]
    assert signed_in(unit).get(reverse("tag-names")).status_code == 404
    assert (CaseTag.objects.exists(), Tag.objects.exists()) == (False, False)
    page = text_of(signed_in(officer).get(case.get_absolute_url()))
    assert 'id="tagging"' not in page
    assert 'id="tagging"' in text_of(signed_in(rini).get(case.get_absolute_url()))


@pytest.mark.parametrize(
    ("name", "words"),
    [
        ("", "Tulis nama tag."),
        ("#", "Tulis nama tag."),
        ("a" * 31, "30 huruf"),
        ("a;b", "terdiri atas"),
        ("a\u202eb", "terdiri atas"),
    ],
)
def test_a_bad_name_is_refused_in_words_and_kept_in_the_field(rini: User, name: str, words: str) -> None:
    case = factories.opened()
    answer = signed_in(rini).post(reverse("cases:tags", args=[case.pk]), {"name": name})
    assert answer.status_code == 422
    assert words in text_of(answer)
    assert not Tag.objects.exists()


def test_there_is_an_end_to_tags_of_a_case_and_of_the_house(rini: User, monkeypatch: pytest.MonkeyPatch) -> None:
    case, other = factories.opened(), factories.opened()
    for number in range(tags.MOST):
        tags.add(case, f"tag {number}", rini)
    with pytest.raises(NotNow, match="10 tag"):
        tags.add(case, "satu lagi", rini)
    monkeypatch.setattr(tags, "EVERY", 3)
    with pytest.raises(NotNow, match="Sudah ada 3 tag"):
        tags.add(other, "baru", rini)
    assert tags.add(other, "TAG 1", rini)
    assert not Tag.objects.filter(key__in=["satu lagi", "baru"]).exists()
    with pytest.raises(IntegrityError), transaction.atomic():
        CaseTag.objects.create(procedure=case.procedure_name(), case_id=case.pk, tag=tags.of(case)[0], added_by=rini)


# --- the list of them ------------------------------------------------------------------------------------------------
def test_leaders_rename_merge_retire_and_use_again(rini: User, bowo: User) -> None:
    case, both = factories.opened(), factories.opened()
    for one, name in ((case, "gamas"), (both, "gamas"), (both, "Gangguan massal"), (case, "salah ketik")):
        tags.add(one, name, rini)
    gamas, typo = (Tag.objects.get(key=key) for key in ("gamas", "salah ketik"))
    browser, page = signed_in(bowo), reverse("tags")

    def act(tag: Tag, name: str, to: str = "") -> int:
        return browser.post(page, {"tag": tag.pk, "act": name, "to": to}).status_code

    assert act(typo, "rename", "Salah Alamat") == 302
    assert act(typo, "rename", "GAMAS") == 409
    assert act(gamas, "merge", "gamas") == act(gamas, "merge", "tidak ada") == 422
    assert act(gamas, "merge", "gangguan massal") == 302
    assert (on(case), on(both)) == (["Salah Alamat", "Gangguan massal"], ["Gangguan massal"])
    assert tags.add(case, "gamas", rini) is False, "the old name leads to the other"
    assert act(gamas, "restore") == 409
    assert act(typo, "retire") == 302
    with pytest.raises(NotNow, match="tidak dipakai lagi"):
        tags.add(both, "salah alamat", rini)
    assert "Salah Alamat" in on(case)
    assert tags.suggestions() == ["Gangguan massal"]
    assert act(typo, "restore") == 302
    assert tags.suggestions("SALAH") == ["Salah Alamat"]
    done = [(one.act, one.before, one.after, one.by) for one in TagChange.objects.order_by("pk")]
    assert done == [
        ("RENAMED", "salah ketik", "Salah Alamat", bowo), ("MERGED", "gamas", "Gangguan massal", bowo),
        ("RETIRED", "Salah Alamat", "", bowo), ("RESTORED", "Salah Alamat", "", bowo),
    ]  # fmt: skip
    assert CaseTag.objects.filter(tag=gamas, removed_by=bowo).count() == 2, "what was merged is closed, not deleted"
    shown = text_of(browser.get(page))
    assert [words in shown for words in ("Salah Alamat", "digabungkan ke “Gangguan massal”")] == [True, True]
    assert act(typo, "explode") == browser.post(page, {"tag": "x", "act": "retire"}).status_code == 404
    assert [signed_in(rini).get(page).status_code, signed_in(rini).post(page).status_code] == [403, 403]
    with pytest.raises(NotYourStep):
        tags.retire(typo, rini)
    with pytest.raises(InvalidInput):
        tags.rename(typo, "", bowo)


# --- on several cases ------------------------------------------------------------------------------------------------
def test_a_tag_is_put_on_all_chosen_and_taken_off_again_with_a_result_a_row(rini: User, bowo: User) -> None:
    cases, browser, address = [factories.opened() for _one in range(3)], signed_in(rini), reverse("cases:bulk_tags")
    tags.add(cases[0], "VIP area", bowo)
    for number in range(tags.MOST):
        tags.add(cases[1], f"tag {number}", bowo)
    chosen = [case.pk for case in cases]
    page = browser.post(address, {"case": chosen, "name": "vip  area", "act": "put"})
    assert [(one.case.pk, one.refusal[:14], one.note) for one in page.context["outcomes"]] == [
        (cases[0].pk, "", "Tag ini sudah terpasang."),
        (cases[1].pk, "Satu kasus pal", ""),
        (cases[2].pk, "", ""),
    ]
    assert "VIP area" in on(cases[2])
    undone = page.context["changed"]
    assert undone == [cases[2]]
    assert "Lepas lagi “vip area”" in text_of(page)
    page = browser.post(address, {"case": [one.pk for one in undone], "name": "vip area", "act": "take"})
    assert [on(case) == [] for case in cases] == [False, False, True]
    assert "Pasang lagi" in text_of(page)
    assert CaseTag.objects.get(case_id=cases[2].pk).removed_by == rini
    page = browser.post(address, {"case": chosen, "name": "tidak ada", "act": "take"})
    assert {one.note for one in page.context["outcomes"]} == {"Tag ini tidak terpasang."}
    assert not Tag.objects.filter(key="tidak ada").exists()


def test_together_only_what_one_sees_is_tagged_and_a_bad_name_changes_nothing(rini: User, asing: User) -> None:
    case, address = factories.opened(), reverse("cases:bulk_tags")
    unit = factories.person("unit", Role.TELKOM_UNIT)
    before = everything()
    answers = [signed_in(who).post(address, {"case": case.pk, "name": "x"}).status_code for who in (asing, unit)]
    assert set(answers) <= {403, 404}
    refused = signed_in(rini).post(address, {"case": case.pk, "name": "<script>"})
    assert refused.status_code == 422
    assert "Nama tag terdiri atas" in text_of(refused)
    assert 'value="&lt;script&gt;"' in refused.content.decode()
    assert signed_in(rini).get(address).status_code == 405
    assert everything() == before


def test_every_desk_offers_tags_together(room: Room) -> None:
    case = room.open()
    page = text_of(room.browser.get(room.desk.url("bulk"), {"case": case.pk}))
    assert f'action="{room.desk.url("bulk_tags")}"' in page
    done = room.browser.post(room.desk.url("bulk_tags"), {"case": case.pk, "name": "Serentak", "act": "put"})
    assert [one.pk for one in done.context["changed"]] == [case.pk]
    assert on(case) == ["Serentak"]


# --- as words of the search ------------------------------------------------------------------------------------------
def found(person: User, words: str) -> list[str]:
    """Numbers by the page, and by REST the same."""
    rows = [one for group in search(person, words) for one in group.matches]
    assert {one.where for one in rows} <= {"tag"}
    by_rest = signed_in(person).get(reverse("api-search"), {"q": words}).json()["results"]
    assert [row["number"] for row in by_rest] == [one.line.number for one in rows]
    return [one.line.number for one in rows]


def test_a_tag_finds_its_cases_by_hash_and_by_name_for_who_sees_them(rini: User, asing: User, bowo: User) -> None:
    case, other = factories.opened(), factories.opened()
    tags.add(case, "Zamrud area/7", rini)
    tags.add(other, "lain", rini)
    refresh()
    for words in ("#zamrud", "#ZAMRUDAREA7", "#zam", "#zamrud area", "zamrud", "zamrud area", "#area"):
        assert found(rini, words) == [case.number], words
    assert found(rini, "#mati") == [], "a word of the mail is no tag"
    assert found(rini, "#zamrud #lain") == []
    assert found(asing, "#zamrud") == []
    assert "<mark>Zamrud</mark>" in search(rini, "#zamrud")[0].matches[0].snippet
    unit = factories.person("unit", Role.TELKOM_UNIT)
    assert signed_in(unit).get(reverse("api-search"), {"q": "#zamrud"}).status_code == 404


def test_the_search_follows_what_becomes_of_a_tag(rini: User, bowo: User) -> None:
    case = factories.opened()
    tags.add(case, "zamrud", rini)
    tags.add(factories.opened(), "mirah", rini)
    tags.rename(Tag.objects.get(key="zamrud"), "Nilam", bowo)
    refresh()
    assert (found(rini, "#zamrud"), found(rini, "#nilam")) == ([], [case.number])
    tags.merge(Tag.objects.get(key="nilam"), "mirah", bowo)
    refresh()
    assert (found(rini, "#nilam"), len(found(rini, "#mirah"))) == ([], 2)
    tags.remove(case, "mirah", rini)
    refresh()
    assert case.number not in found(rini, "#mirah")


def test_a_number_after_a_hash_is_still_a_number(rini: User) -> None:
    case = factories.opened(subject="Tiket 10482219 lagi")
    refresh()
    rows = [one.line.number for group in search(rini, "#10482219") for one in group.matches]
    assert rows == [one.line.number for group in search(rini, "10482219") for one in group.matches] == [case.number]
