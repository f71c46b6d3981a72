"""Whom caring does not call: entered by one, approved by another, met by lists that come and by prospects that are
there, and lifted again (C-03; requirements 8)."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import IntegrityError, transaction
from django.urls import reverse
from django.utils import timezone

from caring.exclusions import reading, services
from caring.exclusions.models import Exclusion, ExclusionList
from caring.exclusions.reading import Entry
from caring.models import Prospect
from caring.prospects.states import Excluded, State
from caring.tasks import settle_exclusions
from segmentation.lists import ListEntry
from tenesa.accounts.models import User
from tenesa.accounts.roles import Role
from tenesa.audit.verify import broken_links
from tenesa.contact.models import NumberState
from tenesa.workflow.errors import NotNow, NotYourStep
from tenesa.workflow.perform import perform
from tests.caring import desk
from tests.caring.dapros.lists import book, row, text
from tests.caring.dapros.test_loading import counts, read, rows
from tests.segmentation import entries as special
from tests.ui.test_frame import signed_in
from tests.workspace.rooms import text_of

pytestmark = pytest.mark.django_db
Of = Exclusion.Of


@pytest.fixture
def rizal(db: None) -> User:
    return desk.person("rizal", Role.TEAM_LEADER)


def entered(by: User, *found: Entry, **changes: Any) -> ExclusionList:
    told = {
        "source": "Surat 12/2026",
        "reason": "Perkara hukum",
        "valid_from": timezone.localdate() - timedelta(days=3),
    }
    return services.enter(by, found, **{**told, "valid_until": None, **changes})


def held(by: User, other: User, *found: Entry, **changes: Any) -> ExclusionList:
    made = entered(by, *found, **changes)
    services.decide(other, made, approved=True)
    settle_exclusions()
    return made


def test_rows_on_a_list_in_force_are_kept_and_not_called(novita: User, rizal: User) -> None:
    held(
        novita, rizal, Entry(Of.FASTEL, "122055500001"), Entry(Of.NCLI, "20000002"), Entry(Of.PHONE, "081255500077"),
    )  # fmt: skip
    content = text([*rows(3), row(fastel="122055500050", ncli="20000050", hp2="0812-5550-0077")])
    batch = read(novita, content, name="nov.csv")
    assert counts(batch) == ("DONE", 4, 3, 0)
    assert batch.reasons == {"LISTED": 3}
    found = {one.fastel: one for one in Prospect.objects.all()}
    assert [found[f"1220555000{at}"].excluded_why for at in ("01", "02", "03", "50")] == [
        "LISTED", "LISTED", "", "LISTED",
    ]  # fmt: skip
    assert found["122055500001"].remark == "Perkara hukum (Surat 12/2026)"
    said = [str(why) for told in batch.rows.filter(refused=False) for why in told.reasons]
    assert said[0] == "122055500001 ada pada daftar pengecualian: Perkara hukum (Surat 12/2026); tidak ditelepon"
    assert said[2].startswith("081255500077 ada")
    assert list(broken_links()) == []


def test_what_waits_is_refused_lies_ahead_or_is_over_excludes_nobody(novita: User, rizal: User) -> None:
    today, entry = timezone.localdate(), Entry(Of.FASTEL, "122055500001")
    entered(novita, entry)
    services.decide(rizal, entered(novita, entry), approved=False)
    held(novita, rizal, entry, valid_from=today + timedelta(days=1))
    held(novita, rizal, entry, valid_until=today - timedelta(days=1))
    read(novita, text(rows(1)), name="nov.csv")
    assert Prospect.objects.get().state == State.AVAILABLE


def test_who_is_there_already_is_excluded_and_comes_back_when_it_is_lifted(novita: User, rizal: User) -> None:
    there = desk.prospect()
    made = held(novita, rizal, Entry(Of.PHONE, there.phones[-1]))
    there = desk.again(there)
    assert (there.state, there.excluded_why, there.ready) == (State.EXCLUDED, Excluded.LISTED, False)
    assert "Surat 12/2026" in there.remark
    with pytest.raises(NotNow, match="cabut dulu"):
        perform(there, "readmit", actor=novita, note="Sudah selesai.")
    services.lift(novita, made.entries.get(), "Perkara selesai")
    settle_exclusions()
    there = desk.again(there)
    assert (there.state, there.excluded_why, there.ready) == (State.AVAILABLE, "", True)
    assert made.entries.get().lifted_why == "Perkara selesai"
    with pytest.raises(NotNow):
        services.lift(novita, made.entries.get(), "Sekali lagi")
    assert list(broken_links()) == []


def test_of_two_lists_the_other_still_holds(novita: User, rizal: User) -> None:
    there = desk.prospect()
    first = held(novita, rizal, Entry(Of.FASTEL, there.fastel))
    held(novita, rizal, Entry(Of.NCLI, there.ncli))
    services.lift(novita, first.entries.get(), "Keliru")
    settle_exclusions()
    assert desk.again(there).state == State.EXCLUDED


def test_an_entry_that_ends_gives_its_prospects_back(
    novita: User, rizal: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    there, today = desk.prospect(), timezone.localdate()
    held(novita, rizal, Entry(Of.FASTEL, there.fastel), valid_until=today)
    assert desk.again(there).state == State.EXCLUDED
    monkeypatch.setattr(timezone, "localdate", lambda *_at: today + timedelta(days=1))
    settle_exclusions()
    assert desk.again(there).state == State.AVAILABLE


def test_nobody_is_excluded_while_somebody_speaks_with_them(novita: User, rizal: User, citra: User) -> None:
    there = desk.in_call(citra)
    held(novita, rizal, Entry(Of.FASTEL, there.fastel))
    assert desk.again(there).state == State.IN_CALL
    assert Exclusion.objects.get().applied_at is None
    perform(there, "miss", actor=citra, data={"reason": "RNA"})
    settle_exclusions()
    assert desk.again(there).state == State.EXCLUDED


def test_a_list_that_was_read_meanwhile_is_gone_through_again(novita: User, rizal: User) -> None:
    """What was approved between a chunk's look and its commit is found at the end of the list."""
    held(novita, rizal, Entry(Of.FASTEL, "122055500001"))
    batch = read(novita, text(rows(2, first=5)), name="nov.csv")
    assert batch.status == "DONE"
    Exclusion.objects.update(applied_at=timezone.now())
    services.apply_again(batch.at)
    assert Exclusion.objects.get().applied_at is None


def test_whoever_entered_it_does_not_approve_it(novita: User, rizal: User, citra: User) -> None:
    made = entered(novita, Entry(Of.FASTEL, "122055500001"))
    with pytest.raises(NotYourStep):
        services.decide(novita, made, approved=True)
    with pytest.raises(NotYourStep):
        entered(citra, Entry(Of.FASTEL, "122055500001"))
    with pytest.raises(IntegrityError), transaction.atomic():
        ExclusionList.objects.update(approved=True, decided_by=novita)
    services.decide(rizal, made, approved=True)
    with pytest.raises(NotNow):
        services.decide(rizal, made, approved=False)


def test_dead_numbers_and_special_customers_are_told_at_the_import(novita: User) -> None:
    NumberState.objects.create(person="", number="081255500001", state="DEAD")
    entry: ListEntry = special.approved(novita, desk.person("rizal", Role.TEAM_LEADER))
    content = text([row(), row(fastel="122055500002", ncli=entry.customer.reference, hp1="081255500002")])
    batch = read(novita, content, name="nov.csv")
    assert batch.reasons == {"NUMBERS_ENDED": 1, "SPECIAL": 1}
    first, second = Prospect.objects.order_by("fastel")
    assert (first.state, first.excluded_why) == (State.EXCLUDED, Excluded.NO_NUMBER)
    assert second.state == State.AVAILABLE


def test_a_sheet_of_numbers_is_read_with_what_it_says_of_each(novita: User) -> None:
    content = book({
        "Daftar": [
            ["Surat dari Legal"], ["FASTEL", "NCLI", "No. HP", "Alasan", "Berlaku sampai"],
            ["122055500001", "", "", "Meninggal", date(2030, 1, 2)],
            ["", "20000002", "0812-5550-0001 / 0812-5550-0002"],
        ],
    })  # fmt: skip
    found = reading.in_file(SimpleUploadedFile("a.xlsx", content).file)  # type: ignore[arg-type]
    assert found[0] == Entry("FASTEL", "122055500001", "Meninggal", None, date(2030, 1, 2))
    assert [(one.of, one.value) for one in found[1:]] == [
        ("NCLI", "20000002"), ("PHONE", "081255500001"), ("PHONE", "081255500002"),
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("told", "words"),
    [
        ({"numbers": "12205550000l"}, "baris 1"),
        ({"numbers": ""}, "salah satu"),
        ({"numbers": "122055500001", "valid_until": "2020-01-01"}, "sebelum"),
        ({"file": SimpleUploadedFile("a.csv", b"nama;alamat\nA;B\n")}, "fastel, ncli, hp"),
    ],
)
def test_bad_input_is_refused_in_words(novita: User, told: dict[str, Any], words: str) -> None:
    asked = {"source": "Surat", "reason": "Hukum", "valid_from": "2026-11-01", "of": "FASTEL", **told}
    answer = signed_in(novita).post(reverse("caring-exclusions"), asked)
    assert answer.status_code == 422
    assert words in text_of(answer)
    assert not ExclusionList.objects.exists()


def test_pages_from_entering_to_lifting(novita: User, rizal: User, citra: User) -> None:
    there = desk.prospect()
    asked = {
        "source": "Surat 7",
        "reason": "Hukum",
        "valid_from": "2026-11-01",
        "of": "FASTEL",
        "numbers": there.fastel,
    }
    mine, other = signed_in(novita), signed_in(rizal)
    address = mine.post(reverse("caring-exclusions"), asked)["Location"]
    made = ExclusionList.objects.get()
    assert "Setujui" not in text_of(mine.get(address))
    assert "Setujui" in text_of(other.get(address))
    assert mine.post(reverse("caring-exclusion-decide", args=[made.pk]), {"decision": "approve"}).status_code == 403
    other.post(reverse("caring-exclusion-decide", args=[made.pk]), {"decision": "approve"})
    settle_exclusions()
    listed = text_of(other.get(reverse("prospects:list"), {"view": "excluded"}))
    assert there.name in listed
    assert "Ada di daftar pengecualian" in listed
    entry = made.entries.get()
    assert mine.post(reverse("caring-exclusion-lift", args=[entry.pk]), {"why": ""}).status_code == 422
    mine.post(reverse("caring-exclusion-lift", args=[entry.pk]), {"why": "Keliru"})
    assert "Keliru" in text_of(mine.get(address))
    for place in (address, reverse("caring-exclusions")):
        assert signed_in(citra).get(place).status_code == 404
