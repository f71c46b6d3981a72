"""What somebody sees who may do nothing yet, and which list rows that were chosen leave marked."""

from __future__ import annotations

import pytest
from django.test import Client
from django.urls import reverse

from tenesa.accounts.roles import Role
from tests import factories

pytestmark = pytest.mark.django_db


def test_without_a_role_one_reads_who_gives_it(client: Client) -> None:
    wayan = factories.person("wayan", Role.DOC_CONTROL)
    wayan.memberships.all().delete()
    client.force_login(wayan)
    page = client.get("/")
    assert page.status_code == 200
    assert "Anda belum punya peran" in page.content.decode()


def test_rows_that_were_chosen_keep_their_list_marked(client: Client) -> None:
    client.force_login(factories.person("bowo", Role.TEAM_LEADER))
    marked = 'aria-current="page">'
    for query, name in (("view=all", "Semua"), ("", "Gangguan massal")):
        rail = client.get("/cases/bulk/", {"view": "all"} if query else {}).content.decode()
        assert name in rail[rail.index(marked) :].split("</a>")[0]


LED = (Role.TEAM_LEADER, Role.SUPERVISOR, Role.MANAGER)


@pytest.mark.parametrize("role", LED)
def test_who_leads_begins_at_the_board(client: Client, role: Role) -> None:
    client.force_login(factories.person("pimpinan", role))
    assert client.get("/")["Location"] == reverse("board")


def test_who_also_works_on_cases_begins_at_their_desk(client: Client) -> None:
    both = factories.person("laras", Role.TEAM_LEADER)
    both.memberships.create(team=factories.team(), role=Role.AGENT_EMAIL)
    client.force_login(both)
    assert client.get("/")["Location"] == reverse("cases:list")
