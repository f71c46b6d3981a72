"""Scripts that are read to people in arrears threaten nobody (requirements 8.1)."""

from __future__ import annotations

from typing import Any

import pytest
from django.test import Client
from django.urls import reverse
from pytest_django import Settings

from tenesa.accounts.models import User
from tenesa.knowledge import drafts
from tenesa.knowledge.models import Script, Version
from tenesa.knowledge.threats import refused_for, threats_in
from tenesa.systems.simulator.seed_caring_scripts import CARING_SCRIPTS
from tenesa.systems.simulator.seed_scripts import SCRIPTS
from tenesa.workflow.errors import NotNow

CARING, HARMLESS = "agent_caring", "> Kami mengingatkan tagihan bulan ini."
THREAT = "> Bila tidak dibayar, kami laporkan ke POLISI dan nama Bapak masuk daftar  hitam."


@pytest.mark.parametrize(
    ("text", "found"),
    [
        (HARMLESS, []),
        (THREAT, ["polisi", "daftar hitam"]),
        ("> Kami **sita** perangkatnya, penyitaan besok.", ["sita"]),
        ("> Ini ancaman, kami mengancam, ancaman!", ["ancaman", "mengancam"]),
        ("> Debt\ncollector akan mendatangi rumah Bapak", ["debt\ncollector".replace("\n", " "), "mendatangi rumah"]),
        ("> Kalau tidak bayar, tahu akibatnya.", ["kalau tidak bayar", "tahu akibatnya"]),
        ("**Jangan** menyebut polisi atau mengancam.", []),  # told to the agent
        ("> Jangan tunggu polisi datang.", ["polisi"]),  # read aloud
        ("> Tagihan Bapak kami situs pada sistem.", []),
        ("", []),
    ],
)
def test_threats_are_found_in_what_is_read_aloud(text: str, found: list[str]) -> None:
    assert threats_in(text) == found


def test_they_matter_where_people_in_arrears_are_called() -> None:
    assert refused_for(THREAT, ["agent_147"]) == ""
    assert "polisi" in refused_for(THREAT, ["agent_147", CARING])
    assert refused_for(HARMLESS, [CARING]) == ""


def test_the_list_is_a_setting(settings: Settings) -> None:
    settings.SCRIPT_THREATS = ["tagih paksa"]
    assert (threats_in(THREAT), threats_in("ditagih, tagih  paksa")) == ([], ["tagih paksa"])


def test_our_own_scripts_threaten_nobody() -> None:
    assert {path: threats_in(text) for path, _title, text in SCRIPTS if threats_in(text)} == {}
    assert len(CARING_SCRIPTS) == 5
    assert all(entry in SCRIPTS for entry in CARING_SCRIPTS)


@pytest.fixture
def caring(db: None) -> Script:
    return drafts.new_script("Knowledge/Script Caring/Uji", readers=[CARING])


def test_a_person_cannot_write_one(caring: Script, bowo: User) -> None:
    with pytest.raises(NotNow) as refused:
        drafts.draft(caring.article, "Uji", THREAT, by=bowo)
    assert "daftar hitam" in str(refused.value)
    assert not Version.objects.exists()
    assert drafts.draft(caring.article, "Uji", HARMLESS, by=bowo).waits


def test_one_of_my_kiss_is_kept_and_not_published(caring: Script, hendra: User) -> None:
    taken = drafts.draft(caring.article, "Uji", THREAT, by=None, source_version="2.0")
    with pytest.raises(NotNow):
        drafts.approve(taken, hendra, material=True)
    assert Version.objects.get().draft


@pytest.mark.parametrize(("readers", "status"), [([CARING], 422), (["agent_147"], 302)])
def test_the_form_asks_to_change_it(bowo: User, readers: list[str], status: int) -> None:
    client = Client()
    client.force_login(bowo)
    given: dict[str, Any] = {
        "path": "Script Caring/Uji", "readers": readers, "title": "Uji", "body": THREAT, "note": "baru",
    }  # fmt: skip
    answer = client.post(reverse("knowledge:script-new"), given)
    assert answer.status_code == status
    assert Script.objects.exists() is (status == 302)
