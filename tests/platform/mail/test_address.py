"""One spelling for each address: the domain in ASCII."""

from __future__ import annotations

from contextlib import suppress

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tenesa.mail.address import NoSuchDomain, domain_to_ascii, normal, to_ascii


@pytest.mark.parametrize(
    ("written", "kept"),
    [
        ("budi@pelanggan.example", "budi@pelanggan.example"),
        ("björn@Møbel.example", "björn@xn--mbel-gra.example"),
        ("a@møbel。example", "a@xn--mbel-gra.example"),
        ("a@straße.example", "a@xn--strae-oqa.example"),
        ("a@[192.0.2.1]", "a@[192.0.2.1]"),
        ("a@kotak_surat.例え", "a@kotak_surat.xn--r8jz45g"),
    ],
)
def test_the_domain_of_an_address_becomes_ascii(written, kept):
    assert to_ascii(written) == kept


@pytest.mark.parametrize(
    "written", ["", "budi", "@a.example", "a@", "a@é..x", f"a@{'é' * 80}.x", "a@a b.x", "a@-a.x", "a@\ud800.x", "a@é\0"]
)
def test_what_dns_cannot_hold_is_refused_and_compared_as_written(written):
    with pytest.raises(NoSuchDomain):
        to_ascii(written)

    assert normal(written) == written


@given(st.text(max_size=300))
def test_a_spelling_is_final_whatever_it_is(text):
    assert normal(normal(text)) == normal(text)
    with suppress(NoSuchDomain):
        assert domain_to_ascii(text).isascii()
