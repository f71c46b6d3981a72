"""Who is made inactive by the administrator holds nothing on: it goes back to its lists (X-10, V-17)."""

from __future__ import annotations

import pytest
from django.urls import reverse

from tenesa.accounts.models import User
from tenesa.accounts.roles import Role
from tests import factories
from tests.ui.test_frame import signed_in
from tests.vvip import desk
from tests.vvip.callbacks import claimed
from vvip.callbacks.states import State

pytestmark = pytest.mark.django_db


def test_what_they_worked_on_goes_back_to_its_lists(sari: User, tio: User) -> None:
    call, callback = desk.recorded(sari), claimed(tio)
    chief = factories.person("kepala", Role.ADMIN)
    User.objects.filter(pk=chief.pk).update(is_staff=True, is_superuser=True)
    page = signed_in(User.objects.get(pk=chief.pk))
    for who in (sari, tio):
        address = reverse("admin:accounts_user_change", args=[who.pk])
        given = {
            "username": who.username, "date_joined_0": "2026-01-01", "date_joined_1": "08:00:00",
            "memberships-TOTAL_FORMS": 0, "memberships-INITIAL_FORMS": 0,
        }  # fmt: skip
        answer = page.post(address, given)
        assert answer.status_code == 302, answer.context["errors"]
        assert not User.objects.get(pk=who.pk).is_active
    assert desk.again(call).owner is None
    assert (desk.again(callback).owner, desk.again(callback).state) == (None, State.QUEUED)
