"""The local copy of My Kiss: what is new becomes a draft, what is away or gone keeps its text and says so (S-19)."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pytest
from django.db import connection
from django.utils import timezone

from tenesa.accounts.models import User
from tenesa.knowledge import demo, drafts, mykiss, scripts
from tenesa.knowledge.models import Script, Version
from tenesa.systems import control
from tenesa.systems.simulator.seed_scripts import SCRIPTS, WAY_OUT
from tests.platform.systems.conftest import Simulators, simulators

__all__ = ["simulators"]
pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("simulators")]


@pytest.fixture
def copies(hendra: User) -> None:
    """The scripts as the demonstration has them, equal to My Kiss."""
    demo.load_scripts()


def current() -> scripts.ScriptRead:
    read = scripts.current(WAY_OUT)
    assert read is not None
    return read


def test_an_empty_house_gets_every_script_as_a_draft_and_publishes_none() -> None:
    assert f"{len(SCRIPTS)} drafts" in mykiss.sync()
    assert Script.objects.filter(mirrored=True).count() == len(SCRIPTS)
    assert scripts.current(WAY_OUT) is None
    draft = scripts.waiting_drafts().get(article__script__path=WAY_OUT)
    assert (draft.by, draft.source_version, draft.number) == (None, "1.0", 1)
    assert Script.objects.get(path=WAY_OUT).readers == ["agent_147"]
    assert "0 drafts" in mykiss.sync()
    assert Version.objects.count() == len(SCRIPTS)


def test_a_copy_that_is_the_same_is_only_seen_again(copies, simulators) -> None:
    Script.objects.update(checked_at=timezone.now() - timedelta(hours=3))
    assert current().stale
    mykiss.sync()
    read = current()
    assert read.age is not None
    assert (read.age < timedelta(minutes=1), read.stale, read.warning) == (True, False, "")
    assert not scripts.waiting_drafts()
    assert not simulators.calls("mykiss.script")


def test_a_new_version_waits_here_for_approval_while_the_old_is_read(copies, hendra, bowo) -> None:
    before = current()
    control.publish_script(WAY_OUT, script="> Kalimat baru.")
    mykiss.sync()
    assert current().html == before.html
    assert "1.1" in current().warning
    draft = scripts.waiting_drafts().get()
    assert (draft.by, draft.body, draft.source_version) == (None, "> Kalimat baru.", "1.1")
    drafts.approve(draft, bowo, material=True)
    assert "Kalimat baru" in current().html
    assert not current().stale


def test_a_draft_of_my_kiss_that_was_sent_back_is_not_made_again_and_the_copy_says_so(copies, bowo) -> None:
    control.publish_script(WAY_OUT, script="> Kalimat baru.")
    mykiss.sync()
    drafts.turn_back(scripts.waiting_drafts().get(), bowo, "Tidak sesuai.")
    mykiss.sync()
    assert not scripts.waiting_drafts()
    assert "1.1" in current().warning


def test_a_further_version_replaces_the_draft_that_nobody_decided(copies) -> None:
    for text in ("> Satu.", "> Dua."):
        control.publish_script(WAY_OUT, script=text)
        mykiss.sync()
    assert scripts.waiting_drafts().get().body == "> Dua."


def test_new_words_of_ours_are_told_apart_from_my_kiss(copies, bowo, hendra) -> None:
    article = Script.objects.get(path=WAY_OUT).article
    drafts.approve(drafts.draft(article, "Way out", "> Kata kita.", by=bowo, note="x"), hendra, material=False)
    mykiss.sync()
    assert "1.0" in current().warning


def test_a_script_that_my_kiss_takes_off_keeps_its_copy_with_a_warning(copies) -> None:
    control.unpublish_script(WAY_OUT)
    mykiss.sync()
    read = current()
    assert read.stale
    assert "tidak lagi menerbitkan" in read.warning
    since = Script.objects.get(path=WAY_OUT).gone_at
    mykiss.sync()
    assert Script.objects.get(path=WAY_OUT).gone_at == since
    control.publish_script(WAY_OUT, version="1.0")
    mykiss.sync()
    assert not current().stale


@pytest.mark.parametrize("kind", ["http_500", "wrong_data", "timeout"])
def test_my_kiss_that_is_away_changes_nothing_and_the_copy_grows_old(copies, simulators, settings, kind) -> None:
    simulators.fail("mykiss", kind, ms=1_200)
    before = list(Script.objects.order_by("pk").values())
    assert "My Kiss" in mykiss.sync()
    assert list(Script.objects.order_by("pk").values()) == before
    Script.objects.update(checked_at=timezone.now() - timedelta(minutes=settings.MYKISS_STALE_MINUTES + 1))
    assert current().stale
    assert "61 menit" in current().warning


def test_one_script_that_cannot_be_read_does_not_stop_the_others(copies, simulators: Simulators) -> None:
    for path, title, _text in SCRIPTS[:2]:
        control.publish_script(path, title=f"{title} baru")
    simulators.fail("mykiss.script", "wrong_data", count=1)
    assert "1 drafts" in mykiss.sync()
    assert "1 drafts" in mykiss.sync()
    assert scripts.waiting_drafts().count() == 2


@pytest.mark.django_db(transaction=True)
def test_two_rounds_at_once_make_each_draft_once() -> None:
    def round_(_turn: int) -> None:
        try:
            mykiss.sync()
        finally:
            connection.close()

    with ThreadPoolExecutor(4) as pool:
        list(pool.map(round_, range(4)))
    assert Version.objects.count() == Script.objects.count() == len(SCRIPTS)
