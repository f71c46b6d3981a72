"""What is left out is undone by itself, and what goes on can still use the database."""

from __future__ import annotations

import pytest
from django.db import connection, transaction

from segmentation.models import Customer
from tenesa.workflow.sparing import spare, sparing
from tests import factories

pytestmark = pytest.mark.django_db


def fails_after_writing() -> None:
    factories.customer()
    raise ValueError("rusak")


def test_what_a_spared_part_wrote_is_undone_and_said() -> None:
    with transaction.atomic(), sparing() as left_out:
        with spare("pelanggan"):
            fails_after_writing()
        kept = factories.customer(name="PT Tetap")
    assert left_out == ["pelanggan: rusak"]
    assert list(Customer.objects.all()) == [kept]


def test_a_statement_that_the_database_refuses_ends_nothing_else() -> None:
    with transaction.atomic(), sparing() as left_out:
        with spare("nol"), connection.cursor() as cursor:
            cursor.execute("SELECT 1 / 0")
        factories.customer()
    assert "zero" in left_out[0]
    assert Customer.objects.count() == 1


def test_outside_of_sparing_a_failure_is_everybodys() -> None:
    with pytest.raises(ValueError, match="rusak"), spare("pelanggan"):
        raise ValueError("rusak")
