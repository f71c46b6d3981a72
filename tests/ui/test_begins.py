"""What somebody sees who may do nothing yet, and which list rows that were chosen leave marked."""

from __future__ import annotations

import pytest
from django.test import Client

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
