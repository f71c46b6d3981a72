"""The lists of the demonstration (requirements 12.4)."""

from __future__ import annotations

from collections import Counter

import pytest

from segmentation.classes import class_of
from segmentation.lists import ListEntry
from segmentation.special_list.demo import load
from tenesa.accounts.models import User

pytestmark = pytest.mark.django_db


def test_it_loads_the_lists_once(bowo: User, hendra: User) -> None:
    assert (load(), load()) == (37, 37)
    assert Counter(ListEntry.objects.values_list("criterion", flat=True)) == {
        "HIGH_SPEED": 4, "NO_UNISOLATE": 10, "CUT_REINSTALL": 5, "HARD_COMPLAINT": 6, "PUBLIC_FIGURE": 3, "OFFICIAL": 3,
        "FOLLOWERS": 2, "EXECUTIVE": 2, "ENDORSER": 2,
    }  # fmt: skip
    assert set(ListEntry.objects.values_list("entered_by", "approved_by")) == {(bowo.pk, hendra.pk)}
    fast = ListEntry.objects.filter(criterion="HIGH_SPEED").first()
    assert fast
    assert class_of(customer=fast.customer).high_speed
