"""`explain_mail` tells what would be kept, and keeps nothing."""

from __future__ import annotations

import json
from io import StringIO

import pytest
from django.core.management import CommandError, call_command

from tenesa.mail import explain as explaining
from tenesa.mail.models import Blob, InboundMail
from tenesa.mail.parse import parse
from tests.platform.mail.letters import bounce, letter

pytestmark = pytest.mark.django_db(transaction=True)


def told(path, **options):
    out = StringIO()
    call_command("explain_mail", str(path), stdout=out, **options)
    return json.loads(out.getvalue())


def lines(root, **options):
    out = StringIO()
    call_command("explain_mail", jsonl=str(root), stdout=out, **options)
    return {one["path"]: one for one in map(json.loads, out.getvalue().splitlines())}


def test_it_tells_what_the_product_understands_of_a_mail(tmp_path):
    body = "SID 4700112-0045127790 mati.\n\nPada Sen, 16 Nov 2026 10.21 TENESA <t@x.example> menulis:\n> Mohon dicek."
    (tmp_path / "a.eml").write_bytes(letter(body, message_id="<a@samudra.example>", subject="Gangguan – Tegal"))
    one = told(tmp_path / "a.eml")

    assert (one["from_email"], one["from_name"]) == ("bonar@samudra.example", "Bonar Nababan")
    assert (one["subject"], one["message_id"]) == ("Gangguan – Tegal", "a@samudra.example")
    assert one["reply_text"] == "SID 4700112-0045127790 mati."
    assert one["found"]["product_ids"] == ["4700112-0045127790"]
    assert (one["kind"], one["is_bounce"], one["is_automatic"]) == ("PERSON", False, False)
    assert one["thread"]["decision"] == "new"


def test_it_tells_a_whole_tree_line_by_line(tmp_path):
    (tmp_path / "satu").mkdir()
    (tmp_path / "satu" / "a.eml").write_bytes(letter())
    (tmp_path / "satu" / "b.eml").write_bytes(bounce("x@telkom.example", "siti@samudra.example"))
    (tmp_path / "satu" / "bukan.txt").write_bytes(b"x")
    found = lines(tmp_path)

    assert list(found) == ["satu/a.eml", "satu/b.eml"]
    assert found["satu/b.eml"]["bounce_recipients"] == ["siti@samudra.example"]
    assert found["satu/b.eml"]["thread"]["decision"] == "ignored"
    assert all(0 < one["elapsed"] < 5 for one in found.values())


def test_the_lines_go_to_a_file(tmp_path):
    (tmp_path / "a.eml").write_bytes(letter())
    lines(tmp_path, out=str(tmp_path / "hasil.jsonl"))

    assert json.loads((tmp_path / "hasil.jsonl").read_text())["path"] == "a.eml"


def test_one_bad_mail_is_a_line_and_the_rest_goes_on(tmp_path, monkeypatch):
    (tmp_path / "a.eml").write_bytes(b"rusak")
    (tmp_path / "b.eml").write_bytes(letter())
    understand = parse
    monkeypatch.setattr(explaining, "parse", lambda raw: 1 // 0 if raw == b"rusak" else understand(raw))
    found = lines(tmp_path)

    assert found["a.eml"]["error"].startswith("ZeroDivisionError")
    assert "error" not in found["b.eml"]


def test_nothing_is_kept(tmp_path, mailbox):
    (tmp_path / "a.eml").write_bytes(letter())
    assert told(tmp_path / "a.eml", mailbox=mailbox.address)["thread"]["mailbox"] == mailbox.address

    assert not InboundMail.objects.exists()
    assert not Blob.objects.exists()


def test_what_a_database_refuses_is_gone(tmp_path):
    (tmp_path / "a.eml").write_bytes(b"Subject: a\x00b\r\nFrom: \x00x@y.example\r\n\r\n\xed\xa0\x80 a\x00b")
    one = told(tmp_path / "a.eml")

    assert "error" not in one
    assert "\x00" not in json.dumps(one, ensure_ascii=False)


@pytest.mark.parametrize(
    "options", [{}, {"file": "a", "jsonl": "b"}, {"file": "/tidak/ada.eml"}, {"jsonl": "/tidak/ada"}]
)
def test_it_says_what_it_needs(options):
    with pytest.raises(CommandError):
        call_command("explain_mail", **options)
