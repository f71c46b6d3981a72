"""Saved views: a list as a person narrowed it, by name; their own alone, shared by leaders, one that opens the desk."""

from __future__ import annotations

import re
from typing import Any

import pytest
from django.db import IntegrityError, transaction
from django.urls import reverse

from tenesa.accounts.models import User
from tenesa.accounts.roles import Role
from tenesa.workspace import saved_views, tags
from tenesa.workspace.desk import desk_of
from tenesa.workspace.models import SavedView
from tests import factories
from tests.ui.test_frame import signed_in
from tests.workspace.rooms import text_of

pytestmark = pytest.mark.django_db
PAGE, VIEWS = reverse("cases:list"), reverse("cases:views")
QUERY = "view=queue&segment=DES&tag=gamas&saved=9&nonsense=1"


def act(user: User, act: str, view: Any = "", **given: str) -> Any:
    return signed_in(user).post(VIEWS, {"act": act, "view": getattr(view, "pk", view), **given})


def saved(user: User, name: str = "Massal", query: str = QUERY) -> SavedView:
    assert act(user, "save", name=name, query=query).status_code == 200
    return SavedView.objects.get(owner=user, name=name)


def rows(user: User, **asked: Any) -> list[int]:
    return [row.pk for row in signed_in(user).get(PAGE, asked).context["page"].rows]


def test_the_field_takes_as_many_letters_as_a_name_has(rini: User) -> None:
    saved(rini)
    limits = re.findall(r'name="name"[^>]*maxlength="(\d+)"', text_of(signed_in(rini).get(VIEWS)))
    assert limits == [str(SavedView._meta.get_field("name").max_length)] * 2
    assert saved(rini, "x" * int(limits[0])).pk


def test_a_list_is_saved_opened_changed_and_removed(rini: User) -> None:
    mine, other = factories.opened(), factories.opened()
    tags.add(mine, "gamas", rini)
    type(mine).objects.filter(pk__in=[mine.pk, other.pk]).update(segment="DES")
    view = saved(rini)
    assert view.query == "view=queue&segment=DES&tag=gamas", "only what narrows the list is kept"
    page = signed_in(rini).get(PAGE, {"saved": view.pk})
    assert [row.pk for row in page.context["page"].rows] == [mine.pk]
    assert f"saved={view.pk}" in page.context["page"].query
    assert ">Massal</h1>" in text_of(page)
    assert set(rows(rini, view="queue")) == {mine.pk, other.pk}
    beside = signed_in(rini).get(mine.get_absolute_url(), {"saved": view.pk})
    assert [row.pk for row in beside.context["page"].rows] == [mine.pk]
    assert saved(rini, query="view=queue").query == "view=queue", "the same name again says it anew"
    assert act(rini, "rename", view, name=" Antrean   biasa ").status_code == 200
    assert "Antrean biasa" in text_of(signed_in(rini).get(VIEWS))
    second = saved(rini, "Kedua")
    act(rini, "up", second)
    assert [one.pk for one in saved_views.of(_desk(), rini)] == [second.pk, view.pk]
    act(rini, "remove", view)
    assert [one.name for one in SavedView.objects.all()] == ["Kedua"]
    assert signed_in(rini).get(PAGE, {"saved": view.pk}).status_code == 404


def _desk() -> Any:
    desk = desk_of("tickets.emailcase")
    assert desk
    return desk


def test_one_of_them_opens_the_desk(rini: User) -> None:
    mine, _other = factories.opened(), factories.opened()
    type(mine).objects.filter(pk=mine.pk).update(segment="DES")
    first, second = saved(rini, query="view=queue&segment=DES"), saved(rini, "Semua", query="view=all")
    for view in (second, first):
        act(rini, "default", view)
    assert [one.pk for one in SavedView.objects.filter(is_default=True)] == [first.pk]
    assert rows(rini) == [mine.pk]
    assert len(rows(rini, view="queue")) == 2
    act(rini, "default", first)
    assert signed_in(rini).get(PAGE).context["saved"] is None


def test_what_is_anothers_is_not_found_until_a_leader_shares_it(rini: User, dewi: User, bowo: User) -> None:
    view, leaders = saved(rini), saved(bowo, "Bersama", "view=all")
    for name in ("rename", "remove", "up", "default", "share"):
        assert act(dewi, name, view, name="x").status_code == 404
    assert signed_in(dewi).get(PAGE, {"saved": view.pk}).status_code == 404
    assert signed_in(dewi).get(PAGE, {"saved": leaders.pk}).status_code == 404
    assert act(rini, "share", view).status_code == 403
    assert act(bowo, "share", leaders).status_code == 200
    assert signed_in(dewi).get(PAGE, {"saved": leaders.pk}).status_code == 200
    assert "Bersama" in text_of(signed_in(dewi).get(VIEWS))
    assert act(dewi, "remove", leaders).status_code == 404
    assert act(bowo, "share", leaders).status_code == 200
    assert "Bersama" not in text_of(signed_in(dewi).get(VIEWS))
    assert SavedView.objects.count() == 2
    unit = factories.person("ujang", Role.TELKOM_UNIT, ready=False)
    assert [signed_in(unit).get(VIEWS).status_code, act(unit, "save", name="x", query="view=all").status_code] == [
        404,
        404,
    ]


def test_a_bad_name_or_list_is_refused_in_words(rini: User, monkeypatch: pytest.MonkeyPatch) -> None:
    view = saved(rini)
    other = saved(rini, "Lain")
    monkeypatch.setattr(saved_views, "MOST", 2)
    bad = [
        (act(rini, "save", name=" ", query=QUERY), 422, "Tulis nama tampilan"),
        (act(rini, "save", name="x" * 41, query=QUERY), 422, "40 huruf"),
        (act(rini, "save", name="a\u202eb", query=QUERY), 422, "Tulis nama tampilan"),
        (act(rini, "save", name="Ketiga", query=QUERY), 409, "2 tampilan"),
        (act(rini, "save", name="Ketiga", query="view=triage"), 422, "tidak dapat disimpan"),
        (act(rini, "rename", other, name="massal"), 409, "sudah punya tampilan"),
    ]
    for answer, status, words in bad:
        assert (answer.status_code, words in text_of(answer)) == (status, True), words
    assert act(rini, "explode", view).status_code == act(rini, "remove", "x").status_code == 404
    assert sorted(SavedView.objects.values_list("name", flat=True)) == ["Lain", "Massal"]
    with pytest.raises(IntegrityError), transaction.atomic():
        SavedView.objects.create(owner=rini, desk="cases", name="Lain", query="view=all")
