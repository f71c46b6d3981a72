"""A megabyte of what each pattern likes least takes less than a second of CPU (linear time, X-04)."""

from __future__ import annotations

import time

import pytest

from tenesa.mail import attribution, authentication, bounces, charsets, classify, extract, headers, mime, quoting
from tenesa.mail.htmltext import html_to_text
from tenesa.mail.parse import parse

MEGABYTE = 1_000_000
LINES = [
    *("Pada Senin 10:00 Budi", "Pada 2026-11-16 <a@b.example>:", "On Mon wrote:", "a@b.example menulis:", "menulis:"),
    *(
        "Dari: a",
        "Dari: a@b.example\nTanggal: 10:00",
        "From: a Date: 1",
        "> Dari: a",
        ">" * 400,
        "> " * 240,
        "- " * 240,
    ),
    *("-----", "-- ", "____", "-----Pesan Asli-----", "---- Pesan terusan ----", "Dikirim dari iPhone", "Hormat kami,"),
    *("Salam", ":" * 480, "On 1 " * 90 + "wrote:", "Pada 1 On 2 " * 40 + "menulis:", "10:00 " * 80 + ":", "<a@b" * 110),
    *("12:00 <" + "(" * 450 + ":", "*" * 490, "|" * 490, "\u200b" * 400 + ":", "wrote " * 80 + ":", "a@" * 240 + ">:"),
    *(
        "could not be delivered to",
        "recipient to to to to address",
        "[" * 480,
        "a@" + "b." * 230,
        "a" * 490 + "@b.example",
    ),
    *(
        "delivery " * 50,
        "1 2 3 4 5 6 7 8 9 0 " * 20,
        "0812-" * 90,
        "62 " * 150,
        "4700112 - " * 40,
        "IN" * 240,
        "(0" * 200,
    ),
    *("begin 644 a", "M" + "a" * 60, "kotak 550 " * 40, "warning: " * 50, "message-id: <" + "a" * 300),
]


def in_time(work, *arguments) -> None:
    started = time.thread_time()
    work(*arguments)
    assert time.thread_time() - started < 1.5  # usually a tenth of it; the machine may be busy


def filled(line: str) -> str:
    return (line + "\n") * (MEGABYTE // (len(line) + 1))


@pytest.mark.parametrize("line", LINES, ids=range(len(LINES)))
def test_lines(line):
    in_time(parse, b"From: MAILER-DAEMON@a.example\nSubject: Undelivered\n\n" + filled(line).encode())


@pytest.mark.parametrize("line", LINES, ids=range(len(LINES)))
def test_one_long_line(line):
    text = filled(line).replace("\n", " ")

    in_time(quoting.read, text)
    in_time(extract.find, text, text)
    in_time(bounces.own_part, text)


@pytest.mark.parametrize(
    "piece", ["<blockquote>", "<blockquote ", "</blockquote", "<hr", "<hr ", "<", "<p>", "&", "<!--"]
)
def test_html(piece):
    in_time(html_to_text, piece * (MEGABYTE // len(piece)))


@pytest.mark.parametrize(
    "value",
    ["=?utf-8?q?", "=?", "a@b.example,", "<", "(", '"', "\\", ":", ";", "a . ", " @", "; a*0=", ';a="', "% ", "<a@b> "],
)
def test_headers(value):
    raw = value.encode() * (MEGABYTE // len(value))

    for work in (headers.unstructured, headers.addresses, headers.parameters, headers.message_ids, headers.moment):
        in_time(work, raw)


@pytest.mark.parametrize("value", ["mx; spf=", "mx; ", "(", '"', "; dkim=pass header.d=" + "a" * 90, "; spf=pass ("])
def test_verdicts(value):
    raw = b"Authentication-Results: mx; x" + value.encode() * (MEGABYTE // len(value)) + b"\n\n"

    in_time(authentication.verdict, mime.parse(raw), ["mx"])


@pytest.mark.parametrize("line", [b"--B", b"--B--", b"--", b"--B x", b"\r", b"a:", b" "])
def test_parts(line):
    head = b"Content-Type: multipart/mixed; boundary=B\n" * 3

    in_time(parse, head + b"\n" + (line + b"\n") * (MEGABYTE // (len(line) + 1)))


@pytest.mark.parametrize("content", [b"\x1b$B", b"\x1b$B0", b"\xe2", b"\xc3\xa9\xff", b"\x1b", b"+A"])
@pytest.mark.parametrize("label", ["utf-8", "iso-2022-jp", "utf-7", "iso-8859-1", "gb2312"])
def test_letters(content, label):
    in_time(charsets.decode, content * (MEGABYTE // len(content)), label)


def test_reports():
    block = b"Final-Recipient: rfc822; a@b.example\nAction: failed\n\n"
    raw = b"Content-Type: message/delivery-status\n\n" + block * (MEGABYTE // len(block))

    in_time(classify.classify, mime.parse(raw), "x", "")
    in_time(bounces.returned, mime.parse(raw), "x", "")


def test_a_line_is_looked_at_once_per_height():
    in_time(lambda: [attribution.height(["Pada 1:00"] * 3 + ["x:"], 0) for _ in range(2_000)])
