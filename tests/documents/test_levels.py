"""E-41: cases carry the level of the sub-instruction they are worked by, and the queue can be split by it (P-05 9)."""

from __future__ import annotations

import pytest
from django.db import connection
from django.db.utils import IntegrityError
from django.urls import reverse

from tenesa.accounts.models import User
from tenesa.workflow.perform import perform
from tests import factories
from tests.ui.test_frame import signed_in
from tickets.models import EmailCase
from tickets.states import Handling, handling_of

pytestmark = pytest.mark.django_db


def test_the_procedure_sets_the_level(rini: User) -> None:
    case = perform(factories.opened(), "take", actor=rini)
    assert case.handling_level == Handling.LEVEL_0
    data = {"segment": "DCS", "source": "MANUAL", "reason": "kontrak"}
    case = perform(case, "check_segment", actor=rini, data=data)
    assert case.handling_level == Handling.OTHER_SEGMENT
    assert EmailCase.objects.get(pk=case.pk).handling_level == Handling.OTHER_SEGMENT


@pytest.mark.parametrize(
    ("state", "level"),
    [("CLASSIFIED", "0"), ("TROUBLESHOOTING", "1"), ("MONITORING", "MONITORING"), ("FORWARDING", "OTHER_SEGMENT")],
)
def test_it_follows_the_state_and_stays_where_others_decide(state: str, level: str) -> None:
    assert handling_of(state, "DES", "0") == level
    assert handling_of("ESCALATED", "DES", level) == handling_of("CLOSED", "DES", level) == level


def test_the_queue_is_split_by_level_in_the_address(rini: User) -> None:
    one, other = factories.opened(), factories.opened()
    EmailCase.objects.filter(pk=other.pk).update(handling_level=Handling.MONITORING)
    client = signed_in(rini)
    page = client.get(reverse("cases:list"), {"view": "all", "level": "MONITORING"})
    assert [row.pk for row in page.context["page"].rows] == [other.pk]
    assert "view=all&amp;level=0" in page.content.decode()
    assert len(client.get(reverse("cases:list"), {"view": "all", "level": "nonsense"}).context["page"].rows) == 2
    assert one.pk


def test_the_database_knows_only_these_levels(db: None) -> None:
    case = factories.opened()
    with pytest.raises(IntegrityError, match="email_level_known"), connection.cursor() as cursor:
        cursor.execute("UPDATE tickets_emailcase SET handling_level = '7' WHERE id = %s", [case.pk])
