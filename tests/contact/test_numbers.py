"""One normal form of telephone and internet numbers."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tenesa.contact.numbers import LONGEST, international, is_telephone, masked, normal

WRITTEN = "0123456789٣ +-/().,;#@tel:sip xO０１\u200b\u202c_"


@pytest.mark.parametrize(
    "text",
    [
        "021/55501234", "+62 21 5550 1234", "02155501234", "(021) 5550-1234", "0062 21 55501234", "+62 (0)21 5550 1234",
        "tel:+62-21-5550-1234", "０２１ ５５５０ １２３４", "021.5550.1234 ext. 12", "021-55501234 (Budi, 2 kali)",
        "\u202a021 5550 1234\u202c", "021 5550 1234; 0812 1111 2222",
    ],
)  # fmt: skip
def test_one_telephone_number_has_one_form(text: str) -> None:
    assert normal(text) == "02155501234"


@pytest.mark.parametrize(
    ("text", "number"),
    [
        ("122 134 901 778", "122134901778"), ("0812-3456-78901", "08123456" + "78901"), ("147", "147"),
        ("IN10482213", "10482213"), ("", ""), ("belum ada", ""), ("+6281234567890", "081234567890"),
    ],
)  # fmt: skip
def test_other_numbers_are_their_digits(text: str, number: str) -> None:
    assert normal(text) == number


@given(st.text(WRITTEN, max_size=60) | st.text(max_size=60))
def test_the_form_is_stable_and_fits(text: str) -> None:
    number = normal(text)
    assert normal(number) == number
    assert number == "" or (number.isascii() and number.isdecimal() and len(number) <= LONGEST)


@given(st.from_regex(r"[1-9][0-9]{6,12}", fullmatch=True).filter(lambda rest: not rest.startswith("62")))
def test_every_way_to_write_it_is_the_same_number(rest: str) -> None:
    assert {normal(f"0{rest}"), normal(f"+62{rest}"), normal(f"62 {rest}"), normal(f"0062-{rest}")} == {f"0{rest}"}
    assert is_telephone(f"0{rest}")
    assert normal(international(f"0{rest}")) == f"0{rest}"


def test_a_list_shows_a_number_masked() -> None:
    assert masked("02155501234") == "0215•••••34"
    assert masked("147") == "147"
