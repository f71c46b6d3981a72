"""The zone of a district, by its names of today and of before."""

from __future__ import annotations

import pytest

from tenesa.contact.zones import key_of, label_of, named, zone_of
from tenesa.systems.simulator.seed import PLACES


@pytest.mark.parametrize(
    ("witel", "zone"),
    [
        ("Bandung", "WIB"), ("WITEL JAKARTA CENTRUM", "WIB"), ("Semarang-Jateng Utara", "WIB"), ("Kalteng", "WIB"),
        ("Bali", "WITA"), ("Witel Denpasar", "WITA"), ("Sulbagsel", "WITA"), ("makassar", "WITA"), ("NTT", "WITA"),
        ("Papua", "WIT"), ("Papua_Barat", "WIT"), ("Ambon", "WIT"), ("Malut", "WIT"), ("", ""), ("Atlantis", ""),
    ],
)  # fmt: skip
def test_a_district_has_its_zone(witel: str, zone: str) -> None:
    assert key_of(witel) == zone
    assert label_of(zone_of(witel)) == (zone or "WIB")


def test_every_district_of_the_customer_systems_is_known() -> None:
    assert all(key_of(witel) for witel, _regional in PLACES.values())


def test_a_zone_that_nobody_knows_stands_for_all_three() -> None:
    assert [label_of(zone) for zone in named("")] == ["WIB", "WITA", "WIT"]
    assert named("Asia/Jayapura") == named("WIT")
