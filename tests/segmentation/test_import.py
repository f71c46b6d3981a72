"""A list from XLSX: each row a proposal or refused in words, the same file once, dead readers followed (V-16)."""

from __future__ import annotations

import io
import zipfile
from datetime import timedelta
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse
from django.utils import timezone

from segmentation.lists import ListEntry
from segmentation.special_list import importing, services
from segmentation.special_list.batches import ListImport
from segmentation.tasks import read_list, read_waiting_lists
from tenesa.accounts.models import User
from tenesa.accounts.roles import Role
from tenesa.workflow.errors import InvalidInput, NotYourStep
from tests import factories
from tests.segmentation.entries import customer, day, proposed, with_internet
from tests.segmentation.workbooks import HEADS, row, workbook
from tests.ui.test_frame import signed_in
from tests.workspace.rooms import text_of

pytestmark = pytest.mark.django_db


def read(user: User, content: bytes) -> ListImport:
    batch = importing.hand_in(user, "daftar.xlsx", content)
    importing.read(batch.pk)
    return ListImport.objects.get(pk=batch.pk)


def outcomes(batch: ListImport) -> list[tuple[int, str]]:
    return [(one.line, " ".join(one.refusals)) for one in batch.rows.all()]


def test_each_row_becomes_a_proposal_that_waits_for_another_person(bowo: User) -> None:
    for number in (1, 2, 3):
        customer(f"300090{number}", phone=f"0812-0000-440{number}")
    content = workbook(
        [row(3000901), row("0812-0000-4402", "Hard complaint"), row("3000903", "HIGH_SPEED")],
        above=["Daftar request khusus November"],
    )
    batch = read(bowo, content)
    assert (batch.status, outcomes(batch)) == ("DONE", [(3, ""), (4, ""), (5, "")])
    found = ListEntry.objects.order_by("pk")
    assert [(one.customer.reference, one.criterion, one.state) for one in found] == [
        ("3000901", "NO_UNISOLATE", "PROPOSED"),
        ("3000902", "HARD_COMPLAINT", "PROPOSED"),
        ("3000903", "HIGH_SPEED", "PROPOSED"),
    ]
    assert {(one.entered_by, one.valid_to) for one in found} == {(bowo, day(days=90))}


def test_each_row_that_does_not_hold_is_refused_with_its_reason_and_the_others_are_taken(bowo: User) -> None:
    customer()
    proposed(bowo, "HARD_COMPLAINT")
    batch = read(
        bowo,
        workbook(
            [
                row("3000901"),
                row("3000901"),
                row("3000901", "Hard complaint"),
                row("9999999"),
                row("3000901", "Tetangga direktur"),
                row("3000901", "Cabut"),
                row("3000901", "CUT_REINSTALL", valid_to=day(days=-1)),
                row("3000901", "CUT_REINSTALL", evidence=""),
                row("3000901", "FOLLOWERS"),
                row("3000901", "CUT_REINSTALL", valid_to="31/02/2027"),
            ]
        ),
    )
    told = dict(outcomes(batch))
    first = ListEntry.objects.get(criterion="NO_UNISOLATE")
    assert [line for line, refusal in told.items() if not refusal] == [2]
    for line, words in {
        3: first.number, 4: "sudah ada di daftar", 5: "9999999", 6: "kriteria", 7: "kriteria", 8: "sudah lewat",
        9: "bukti", 10: "platform", 11: "berlaku sampai",
    }.items():  # fmt: skip
        assert words in told[line], (line, told[line])
    assert ListEntry.objects.count() == 2


def test_an_entry_that_begins_later_is_refused(bowo: User) -> None:
    customer()
    heads = [*HEADS, "Berlaku dari", "Tindakan"]
    rows = [[*row("3000901"), day(days=1), ""], [*row("3000901"), day(days=-1), "Penawaran retensi"]]
    batch = read(bowo, workbook(rows, heads=heads))
    assert [bool(refusal) for _line, refusal in outcomes(batch)] == [True, False]
    assert "berlaku dari: Baru mulai berlaku nanti" in outcomes(batch)[0][1]
    entry = ListEntry.objects.get()
    assert (entry.valid_from, entry.action) == (day(days=-1), "RETENTION")


@pytest.mark.parametrize(
    ("heads", "words"),
    [
        (HEADS[:-1], "kolom tidak ada: berlaku sampai"),
        ([*HEADS, "Golongan darah"], "kolom tidak dikenal: Golongan darah"),
        ([*HEADS, "Bukti"], "kolom ganda: bukti"),
        (["a", "b", "c"], "Baris judul kolom tidak ditemukan"),
    ],
)
def test_a_file_with_other_columns_is_refused_as_a_whole(heads: list[str], words: str, bowo: User) -> None:
    customer()
    batch = read(bowo, workbook([row("3000901")], heads=heads))
    assert batch.status == "REFUSED"
    assert words in batch.problem
    assert not batch.rows.exists()
    assert not ListEntry.objects.exists()


def _with_doctype() -> bytes:
    file = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(workbook([row("3000901")]))) as good, zipfile.ZipFile(file, "w") as bad:
        for name in good.namelist():
            content = good.read(name)
            if name == "xl/sharedStrings.xml":
                begin = b'<!DOCTYPE x [<!ENTITY a "aaaa"><!ENTITY b "&a;&a;">]>'
                content = content.replace(b"?>", b"?>" + begin, 1)
            bad.writestr(name, content)
    return file.getvalue()


@pytest.mark.parametrize(
    "content",
    [b"nomor;kriteria\n1;2\n", b"PK\x03\x04 halah", workbook([row("3000901")])[:-200], _with_doctype(), workbook([])],
    ids=["csv", "torn", "cut", "doctype", "empty"],
)
def test_what_is_no_workbook_is_refused_in_words(content: bytes, bowo: User) -> None:
    customer()
    batch = read(bowo, content)
    assert batch.status == "REFUSED"
    assert batch.problem
    assert not ListEntry.objects.exists()


def test_the_same_file_twice_is_told_and_leads_to_its_report(bowo: User, hendra: User) -> None:
    customer()
    content = workbook([row("3000901")])
    batch = read(bowo, content)
    file = SimpleUploadedFile("nama-lain.xlsx", content)
    answer = signed_in(hendra).post(reverse("list-import"), {"file": file})
    assert answer.status_code == 409
    assert "sudah pernah diimpor" in text_of(answer)
    assert batch.get_absolute_url() in text_of(answer)
    assert (ListImport.objects.count(), ListEntry.objects.count()) == (1, 1)
    refused = read(bowo, workbook([], heads=["x"]))
    assert read(bowo, bytes(refused.content)).status == "REFUSED", "what was refused may come again"


def test_only_leaders_hand_in_and_only_what_is_a_file(bowo: User) -> None:
    agent = factories.person("sinta", Role.AGENT_147)
    with pytest.raises(NotYourStep):
        importing.hand_in(agent, "a.xlsx", b"x")
    for content in (b"", b"x" * (importing.MOST_BYTES + 1)):
        with pytest.raises(InvalidInput):
            importing.hand_in(bowo, "a.xlsx", content)
    for address in (reverse("list-import"), reverse("list-import-template")):
        assert signed_in(agent).get(address).status_code == 404
    assert not ListImport.objects.exists()


# --- in the background -----------------------------------------------------------------------------------------------
def test_a_reader_that_dies_is_followed_and_no_row_is_taken_twice(bowo: User, monkeypatch: pytest.MonkeyPatch) -> None:
    for number in range(1, 5):
        customer(f"300090{number}", phone="")
    batch = importing.hand_in(bowo, "a.xlsx", workbook([row(f"300090{number}") for number in range(1, 5)]))
    real, calls = services.propose, []

    def dying(*args: Any, **kwargs: Any) -> Any:
        calls.append(args)
        if len(calls) == 3:
            raise SystemExit
        return real(*args, **kwargs)

    monkeypatch.setattr(services, "propose", dying)
    with pytest.raises(SystemExit):
        importing.read(batch.pk)
    assert (ListEntry.objects.count(), batch.rows.count()) == (2, 2)
    assert importing.waiting() == [], "somebody reads it, as far as anybody knows"
    assert "another worker" in importing.read(batch.pk)
    ListImport.objects.update(claimed_at=timezone.now() - timedelta(minutes=3))
    assert importing.waiting() == [batch.pk]
    importing.read(batch.pk)
    assert [line for line, refusal in outcomes(batch) if not refusal] == [2, 3, 4, 5]
    assert ListEntry.objects.count() == 4
    assert importing.waiting() == []


def test_a_wake_up_that_was_lost_is_found_by_the_sweep(bowo: User, monkeypatch: pytest.MonkeyPatch) -> None:
    customer()
    batch = importing.hand_in(bowo, "a.xlsx", workbook([row("3000901")]))
    woken: list[int] = []
    monkeypatch.setattr(importing, "nudge", woken.append)
    assert read_waiting_lists() == "1 lists wait"
    assert read_list(*woken) == f"import {batch.pk}: DONE"
    assert read_waiting_lists() == "0 lists wait"


# --- its report ------------------------------------------------------------------------------------------------------
def test_the_report_tells_row_by_row_and_another_person_approves_all(bowo: User, hendra: User) -> None:
    for number in (1, 2):
        customer(f"300090{number}", phone="")
    batch = read(bowo, workbook([row("3000901"), row("3000902"), row("7")]))
    address = batch.get_absolute_url()
    own = text_of(signed_in(bowo).get(address))
    assert "empat mata" in own
    assert "3000901" in own
    assert "tidak mengenal pelanggan dengan nomor 7." in own
    assert "3000901" not in text_of(signed_in(bowo).get(address, {"only": "refused"}))
    signed_in(bowo).post(address)
    assert {one.state for one in ListEntry.objects.all()} == {"PROPOSED"}
    assert signed_in(hendra).post(address).status_code == 302
    assert {(one.state, one.approved_by) for one in ListEntry.objects.all()} == {("ACTIVE", hendra)}
    listed = text_of(signed_in(hendra).get(reverse("lists:list"), {"view": "all", "import": str(batch.pk)}))
    assert listed.count("data-row=") == 2


def test_the_report_is_drawn_again_while_the_file_is_read(bowo: User) -> None:
    customer()
    batch = importing.hand_in(bowo, "a.xlsx", workbook([row("3000901")]))
    browser = signed_in(bowo)
    assert "every 2s" in text_of(browser.get(batch.get_absolute_url()))
    importing.read(batch.pk)
    assert "every 2s" not in text_of(browser.get(batch.get_absolute_url(), {"part": "report"}))


def test_the_empty_workbook_is_one_that_can_be_handed_in(bowo: User) -> None:
    customer()
    content = signed_in(bowo).get(reverse("list-import-template")).content
    batch = read(bowo, content)
    assert batch.problem == "Tidak ada baris di bawah judul kolom."


def test_a_number_that_excel_kept_as_a_float_comes_back_whole(bowo: User) -> None:
    one = customer(phone="")
    with_internet(one, "122055500001")
    batch = read(bowo, workbook([row(122055500001.0)]))
    assert outcomes(batch) == [(2, "")]
