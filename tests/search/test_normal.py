"""One normal form of numbers and words."""

from __future__ import annotations

import pytest

from tenesa.search import normal


@pytest.mark.parametrize(
    "written",
    [
        "+62 21 5550 1234", "021/55501234", "02155501234", "(021) 5550-1234", "0062 21 55501234", "62-21-5550-1234",
        "+62 (0)21 5550 1234", "021.5550.1234", "０２１ ５５５０ １２３４",
    ],
)  # fmt: skip
def test_a_telephone_number_has_one_form(written: str) -> None:
    assert "02155501234" in set(normal.numbers(normal.plain(f"Hubungi {written}, terima kasih")))


@pytest.mark.parametrize(
    ("text", "number"),
    [
        ("SID 4700112-0045127790 mati", "47001120045127790"),
        ("tiket INC-1048 2219", "inc10482219"),
        ("tiket IN 10482219.", "in10482219"),
        ("No. ref WO/2026/00042-X", "wo202600042x"),
        ("invoice 77AB120", "77ab120"),
        ("SID 4700112\u00ad−0045\u200b127790", "47001120045127790"),
        ("rek 1234 5678 9012", "123456789012"),
        ("rek 1234 5678 9012", "5678"),
    ],
)
def test_numbers_are_found_in_any_spelling(text: str, number: str) -> None:
    assert number in set(normal.numbers(normal.plain(text)))


def test_plain_words_are_no_numbers() -> None:
    assert list(normal.numbers(normal.plain("Mohon dicek, 3 cabang mati sejak pagi"))) == []
