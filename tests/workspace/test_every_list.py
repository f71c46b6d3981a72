"""The list of every desk: rows and order, filters, who hears what; for the sample as for the real ones."""

from __future__ import annotations

import re
from types import SimpleNamespace
from typing import Any

import pytest
from django.db import connection
from django.db.models import UniqueConstraint
from django.http import QueryDict
from django.test.utils import CaptureQueriesContext

from caring.models import Prospect
from tenesa.accounts.models import User
from tenesa.accounts.roles import Role
from tenesa.workflow.procedures import visible
from tenesa.workspace import lists
from tenesa.workspace.desk import Desk, View
from tests.oracle.world import placed
from tests.ui.test_frame import signed_in
from tests.workspace.rooms import STATES, Room, text_of
from tests.workspace.worked import people

pytestmark = pytest.mark.django_db


# --- the list --------------------------------------------------------------------------------------------------------
def test_the_list_shows_every_case_once_in_its_order(room: Room, monkeypatch: pytest.MonkeyPatch) -> None:
    made = [room.open() for _one in range(5)]
    view = room.view(made[0])
    if room.desk.model is Prospect:  # the queue is ordered by negative scores
        for score, case in enumerate(made):
            Prospect.objects.filter(pk=case.pk).update(score=score // 2, place=-(score // 2))
    monkeypatch.setattr(lists, "PAGE", 2)
    found: list[int] = []
    after, pages = "", 0
    while True:
        page = room.page(view, after)
        found += [row.pk for row in page.rows]
        after, pages = page.next, pages + 1
        if not after:
            break
    rows = room.desk.model._default_manager.filter(pk__in=[case.pk for case in made])
    assert found == [row.pk for row in rows.order_by(*_order(view, "pk"))]
    assert pages == 3
    first = room.page(view)
    again = lists.page(room.desk, room.worker, view, QueryDict(), until=first.until)
    assert [row.pk for row in again.rows] == found[:2]


def test_the_list_reads_its_rows_in_one_question_a_place(room: Room) -> None:
    view, table = room.view(room.open()), room.desk.model._meta.db_table
    asked = []
    for _time in range(2):
        with CaptureQueriesContext(connection) as queries:
            rows = room.page(view).rows
        told = [query["sql"] for query in queries if f'FROM "{table}"' in query["sql"] and " LIMIT " in query["sql"]]
        assert len(told) == len(room.desk.places(room.worker))
        asked.append(len(queries))
        assert len(rows) == 1 + _time * 2
        room.open()
        room.open()
    assert asked[0] == asked[1]


def test_every_list_has_an_index_of_its_order(room: Room) -> None:
    indexed = [list(index.fields) for index in room.desk.model._meta.indexes]
    for view in room.desk.views:
        order = _order(view, "id")
        assert any(fields[-len(order) :] == order for fields in indexed), view.slug


def _order(view: View, number: str) -> list[str]:
    sign = "-" if view.newest_first else ""
    return [f"{sign}{name}" for name in (*view.columns, number)]


def test_what_is_open_is_found_by_an_index(room: Room) -> None:
    """The question of the board and of the reports."""
    room.open()
    with connection.cursor() as cursor:
        cursor.execute("SET LOCAL enable_seqscan = off")
    plan = visible(room.desk.model, room.worker).filter(room.desk.is_open).explain()
    used = set(re.findall(r"Index(?: Only)? Scan (?:using|on) (\w+)", plan))
    own = room.desk.model._meta
    unique = [one for one in own.constraints if isinstance(one, UniqueConstraint)]
    assert used & {one.name for one in (*own.indexes, *unique)}, plan


def test_a_row_leads_to_its_case_and_the_page_listens_to_its_list(room: Room) -> None:
    case = room.open()
    for view in room.desk.views_for(room.worker):
        text = text_of(room.browser.get(room.desk.list_url(view.slug)))
        assert f'data-view="{room.desk.live(view, room.worker)}"' in text
    text = text_of(room.browser.get(room.desk.list_url(room.view(case).slug)))
    assert f'href="{case.get_absolute_url()}' in text


def test_a_filter_narrows_and_nonsense_narrows_nothing(room: Room) -> None:
    case = room.open()
    view = room.view(case)
    for one in room.desk.filters:
        if one.choices is None:
            continue
        own = str(_of(case, one.column or one.name))
        for value, _label in one.choices():
            shown = [row.pk for row in room.page(view, **{one.name: str(value)}).rows]
            assert shown == ([case.pk] if str(value) == own else []), (one.name, value)
        assert [row.pk for row in room.page(view, **{one.name: "x' OR 1"}).rows] == [case.pk]


def _of(case: Any, column: str) -> Any:
    found = getattr(case, column)
    return getattr(found, "pk", found)


def test_a_view_that_is_not_theirs_is_not_found(room: Room) -> None:
    hidden = set(room.desk.views) - set(room.desk.views_for(room.worker))
    for view in hidden:
        assert room.browser.get(room.desk.list_url(view.slug)).status_code == 404


@pytest.mark.parametrize(("desk", "state"), STATES, ids=lambda one: getattr(one, "slug", one))
def test_a_list_shows_what_its_reader_may_open_and_nothing_else(desk: Desk, state: str) -> None:
    everybody, cases = people(), desk.model._default_manager
    placed(desk.model, state, everybody)
    for user in everybody.values():
        listed = {pk for here in desk.places(user) for pk in cases.filter(here).values_list("pk", flat=True)}
        assert listed == set(visible(desk.model, user).values_list("pk", flat=True)), user


# --- live ------------------------------------------------------------------------------------------------------------
@pytest.mark.parametrize(("desk", "state"), STATES, ids=lambda one: getattr(one, "slug", one))
def test_whoever_looks_at_a_list_hears_of_what_comes_into_it(desk: Desk, state: str) -> None:
    """A page fetches again when its word is among those of the case; a row that it shows is found by its number."""
    room = Room(desk, people())
    case: Any = placed(desk.model, state, room.people)
    if state in desk.ended:
        desk.model._default_manager.filter(pk=case.pk).update(needs_action=False)
        case = room.again(case)
    words = set(desk.lists_of(case))
    every = desk.model._default_manager.filter(pk=case.pk)
    for user in room.people.values():
        for view in desk.views_for(user):
            if view.of(every, user).exists():
                assert desk.live(view, user) in words, view.slug
    alike = SimpleNamespace(**{column: getattr(case, column) for column in desk.lists_by})
    assert set(desk.lists_of(alike)) == words, "what decides where a case is listed is named by `lists_by`"
    assert case.state in desk.ended or desk.live_of_search in words


def test_others_see_who_is_at_a_case_and_in_its_list(room: Room) -> None:
    case = room.open()
    boss = room.people[Role.SUPERVISOR]
    assert _at(room, case, boss) == []
    assert room.browser.post(room.desk.url("here", case.pk)).status_code == 204
    assert _at(room, case, boss) == [room.worker.pk]
    rows = lists.page(room.desk, boss, room.desk.views_for(boss)[-1], QueryDict()).rows
    for row in rows:
        assert [viewer.user_id for viewer in row.viewers] == [room.worker.pk]


def _at(room: Room, case: Any, user: User) -> list[int]:
    answer = signed_in(user).get(room.desk.url("part", case.pk, "head"))
    return [viewer.user_id for viewer in answer.context["viewers"]]
