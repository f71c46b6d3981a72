"""The verdict on the sender counts only when our own server gives it."""

from __future__ import annotations

import pytest

from tenesa.mail.parse import parse

OURS = "mx.telkom.example"


def verdict(*lines: str) -> dict[str, str]:
    head = "\r\n".join([*lines, "From: budi@pelanggan.example"])
    return parse(f"{head}\r\n\r\nIsi".encode(), [OURS]).authentication


def test_it_reads_what_our_server_says():
    found = verdict(
        f"Authentication-Results: {OURS};",
        "\tspf=pass (sender IP is 192.0.2.1; spf=fail) smtp.mailfrom=budi@pelanggan.example;",
        "\tdkim=fail (bad signature) header.d=iklan.example; dkim=pass header.i=@pelanggan.example header.b=abc;",
        "\tdmarc=pass (p=REJECT) header.from=pelanggan.example",
    )

    assert found == {
        "server": OURS,
        "spf": "pass",
        "spf_domain": "pelanggan.example",
        "dkim": "pass",
        "dkim_domain": "pelanggan.example",
        "dmarc": "pass",
        "dmarc_domain": "pelanggan.example",
    }


def test_it_joins_the_lines_of_several_filters_of_our_server():
    found = verdict(
        "Received: from luar.example by mx.telkom.example",
        f"Authentication-Results: {OURS}; dmarc=fail header.from=pelanggan.example",
        f"Authentication-Results: {OURS} 1; spf=softfail smtp.mailfrom=pelanggan.example",
    )

    assert (found["dmarc"], found["spf"]) == ("fail", "softfail")
    assert "dkim" not in found


@pytest.mark.parametrize(
    "line",
    [
        "Authentication-Results: mx.penipu.example; dmarc=pass",
        f"Authentication-Results: mx.penipu.example ({OURS}); dmarc=pass",
        f"Authentication-Results: x.{OURS}; dmarc=pass",
        f"X-Authentication-Results: {OURS}; dmarc=pass",
        f"ARC-Authentication-Results: i=1; {OURS}; dmarc=pass",
        f"Authentication-Results: {OURS}",
        "Authentication-Results:",
    ],
)
def test_a_stranger_says_nothing(line):
    assert verdict(line).get("dmarc") is None


def test_a_forged_line_below_ours_changes_nothing():
    found = verdict(
        f"Authentication-Results: {OURS}; dmarc=fail header.from=pelanggan.example",
        "Received: from luar.example by mx.telkom.example",
        f"Authentication-Results: {OURS}; dmarc=pass; dkim=pass; spf=pass",
    )

    assert found == {"server": OURS, "dmarc": "fail", "dmarc_domain": "pelanggan.example"}


def test_without_a_trusted_server_there_is_no_verdict():
    raw = f"Authentication-Results: {OURS}; dmarc=pass\r\nFrom: a@b.example\r\n\r\nIsi".encode()

    assert parse(raw, []).authentication == {}
    assert parse(raw).authentication == {}


def test_the_setting_names_the_trusted_servers(settings):
    settings.MAIL_AUTHSERV_IDS = [OURS.upper()]
    raw = f"Authentication-Results: {OURS}; dmarc=none\r\nFrom: a@b.example\r\n\r\nIsi".encode()

    assert parse(raw).authentication["dmarc"] == "none"
