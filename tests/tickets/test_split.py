"""A case that is split off: checked only as far as the first one was, its own evidence, named on the first one."""

from __future__ import annotations

import re
from typing import Any

import pytest
from django.test import Client

from segmentation.models import Service
from tenesa.accounts.models import User
from tenesa.systems.models import ExternalCall
from tenesa.workflow.offered import offered
from tenesa.workflow.perform import perform
from tests import factories
from tickets.models import EmailCase, State

pytestmark = pytest.mark.django_db
STAYS, LEAVES = "122401001717", "122401002020"
SPLIT = {"product_ids": [LEAVES], "reason": "Dua hal dalam satu surel."}


@pytest.fixture
def case(rini: User) -> EmailCase:
    """Of two known services of one DES customer."""
    owner = factories.customer("DES")
    for product_id in (STAYS, LEAVES):
        Service.objects.create(product_id=product_id, name="IndiHome", product="INTERNET", customer=owner)
    said = {"product_ids": [STAYS, LEAVES], "incidents": [], "phones": []}
    case = factories.opened(extracted=said)
    taken: EmailCase = perform(case, "take", actor=rini)
    return taken


def split_off(case: EmailCase, rini: User, **data: Any) -> EmailCase:
    perform(case, "split", actor=rini, data={**SPLIT, **data})
    made: EmailCase = EmailCase.objects.filter(split_from=case).latest("pk")
    return made


def test_its_segment_is_not_checked_where_that_of_the_first_was_not(case: EmailCase, rini: User) -> None:
    made = split_off(case, rini)
    assert (made.state, made.segment, made.segment_source) == (State.ASSIGNED, "", "")
    assert "check_segment" in {offer.step.name for offer in offered(made, rini) if offer.allowed}


def test_its_segment_stays_checked_where_that_of_the_first_was(case: EmailCase, rini: User) -> None:
    factories.put(case, State.SEGMENT_CHECKED, segment="DES", segment_source="SISKAS")
    made = split_off(case, rini)
    assert (made.state, made.segment) == (State.SEGMENT_CHECKED, "DES")


def test_it_reads_and_shows_its_own_products_alone(case: EmailCase, rini: User) -> None:
    for product_id in (STAYS, LEAVES):
        case.checks.create(tool="nossa", product_id=product_id, state="NORMAL", summary="tidak ada tiket")
    made = split_off(case, rini)
    calls = ExternalCall.objects.filter(case_id=made.pk)
    assert calls.exists()
    assert STAYS not in "".join(str(call.payload) for call in calls)
    assert LEAVES in "".join(str(call.payload) for call in calls)
    assert [check.product_id for check in made.all_checks] == [LEAVES]


def test_the_first_case_names_the_new_ones_with_a_link(case: EmailCase, rini: User, client: Client) -> None:
    case.lines.create(product_id="122401003030")
    for product_id in (STAYS, LEAVES):
        case.lines.create(product_id=product_id)
    first, second = split_off(case, rini), split_off(case, rini, product_ids=[STAYS])
    client.force_login(rini)
    page = client.get(case.get_absolute_url()).content.decode()
    timeline = page.split('id="timeline"')[1]
    at = [timeline.index(f'href="{one.get_absolute_url()}">{one.number}</a>') for one in (first, second)]
    assert at == sorted(at)


def test_a_merged_case_leads_to_where_it_lives_on(case: EmailCase, rini: User, client: Client) -> None:
    target = perform(factories.opened(), "take", actor=rini)
    perform(case, "merge", actor=rini, data={"into": target.number, "reason": "Laporan yang sama."})
    client.force_login(rini)
    rail = client.get(case.get_absolute_url()).content.decode().split('id="procedure"')[1]
    assert f'href="{target.get_absolute_url()}" data-key="0">{target.number} <kbd' in rail
    assert 'id="offer-unmerge"' in rail
    assert not re.search(r'<details class="offer[^>]*\bopen\b[^>]*id="offer-unmerge"', rail)
