"""Scripts (X-14, W-26 5.2.5): written by one, approved by another; read and confirmed after a material change."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.db import DatabaseError, IntegrityError, transaction
from django.utils import timezone

from tenesa.accounts.models import User
from tenesa.accounts.roles import Role
from tenesa.knowledge import demo, drafts, scripts, services
from tenesa.knowledge.models import Reading, Script, Version
from tenesa.systems.simulator.seed_scripts import SCRIPTS, WAY_OUT
from tenesa.workflow.errors import NotNow, NotYourStep
from tests import factories
from tests.knowledge.conftest import FIRST, PATH, changed

pytestmark = pytest.mark.django_db


def approve(version: Version, by: User, *, material: bool = True) -> Version:
    return drafts.approve(version, by, material=material)


@pytest.fixture
def leaders(bowo: User, hendra: User) -> tuple[User, User]:
    return bowo, hendra


def text_of(script: Script) -> str:
    read = scripts.current(script.path)
    assert read is not None
    return read.version.body


# --- four eyes -------------------------------------------------------------------------------------------------------
def test_a_draft_is_read_by_nobody_until_another_person_approves(script, wayan, bowo) -> None:
    draft = changed(script, wayan)
    assert text_of(script) == FIRST
    published = approve(draft, bowo)
    assert text_of(script) == draft.body
    assert (published.number, published.by, published.approved_by, published.draft) == (2, wayan, bowo, False)
    assert published.approved_at is not None


def test_nobody_approves_their_own_draft(script, bowo) -> None:
    draft = changed(script, bowo)
    with pytest.raises(NotNow, match="orang lain"):
        approve(draft, bowo)
    assert text_of(script) == FIRST
    with pytest.raises(IntegrityError), transaction.atomic():
        Version.objects.filter(pk=draft.pk).update(draft=False, approved_by=bowo, approved_at=timezone.now())
    with pytest.raises(IntegrityError), transaction.atomic():
        services.publish(draft)


@pytest.mark.parametrize("role", [Role.AGENT_147, Role.DOC_CONTROL, Role.ADMIN])
def test_only_a_leader_approves(script, bowo, role) -> None:
    draft = changed(script, bowo)
    with pytest.raises(NotYourStep):
        approve(draft, factories.person("orang", role))
    assert Version.objects.get(pk=draft.pk).waits


def test_a_text_is_never_changed_and_never_deleted(script, wayan) -> None:
    published, draft = script.article.published, changed(script, wayan)
    for version, change in ((published, {"body": "x"}), (draft, {"body": "x"}), (published, {"material": True})):
        with pytest.raises(DatabaseError), transaction.atomic():
            Version.objects.filter(pk=version.pk).update(**change)
    with pytest.raises(DatabaseError), transaction.atomic():
        draft.delete()


def test_a_later_draft_of_the_same_author_replaces_the_earlier(script, wayan, bowo) -> None:
    first, second = changed(script, wayan), changed(script, wayan, "Lain sekali.")
    first.refresh_from_db()
    assert (first.waits, second.waits) == (False, True)
    assert first.closed_by == wayan
    with pytest.raises(NotNow):
        approve(first, bowo)
    with pytest.raises(IntegrityError), transaction.atomic():
        services.write(script.article, "t", "b", by=wayan, draft=True, four_eyes=True)


def test_two_authors_have_a_draft_each_and_the_older_goes_with_the_newer(script, wayan, hendra, bowo) -> None:
    older, newer = changed(script, wayan), changed(script, hendra, "Lain sekali.")
    approve(newer, bowo)
    older.refresh_from_db()
    assert not older.waits
    assert str(newer.number) in older.closed_note
    assert text_of(script) == "Lain sekali."


def test_an_older_draft_may_go_first_and_the_newer_still_waits(script, wayan, hendra, bowo) -> None:
    older, newer = changed(script, wayan), changed(script, hendra, "Lain sekali.")
    approve(older, bowo)
    newer.refresh_from_db()
    assert newer.waits
    approve(newer, bowo)
    assert text_of(script) == "Lain sekali."


def test_a_draft_goes_back_with_a_reason_and_is_decided_once(script, wayan, bowo, hendra) -> None:
    draft = changed(script, wayan)
    drafts.turn_back(draft, bowo, "Kurang sopan.")
    draft.refresh_from_db()
    assert (draft.closed_by, draft.closed_note) == (bowo, "Kurang sopan.")
    for again in (lambda: approve(draft, hendra), lambda: drafts.turn_back(draft, hendra, "x")):
        with pytest.raises(NotNow):
            again()
    assert text_of(script) == FIRST


def test_an_author_takes_back_the_own_draft_and_no_other(script, wayan, hendra, sari) -> None:
    draft = changed(script, wayan)
    with pytest.raises(NotYourStep):
        drafts.turn_back(draft, sari, "x")
    drafts.turn_back(draft, wayan, "Belum selesai.")
    assert not Version.objects.get(pk=draft.pk).waits


# --- what holds now --------------------------------------------------------------------------------------------------
@pytest.mark.parametrize(
    "writing", [PATH, "Script Handling 147/Uji Coba", "Knowledge › Script Handling 147 › Uji Coba", f"/{PATH}/"]
)
def test_a_path_is_found_in_every_writing(script, writing) -> None:
    read = scripts.current(writing)
    assert read is not None
    assert (read.path, read.number, read.title) == (PATH, 1, "Uji coba")
    assert "<blockquote>" in read.html
    assert (read.age, read.stale, read.warning) == (None, False, "")


def test_a_path_where_nothing_is_published_has_no_script(script, wayan) -> None:
    fresh = drafts.new_script("Knowledge/Baru", readers=["agent_147"])
    drafts.draft(fresh.article, "Baru", "Baru.", by=wayan)
    assert scripts.current("Knowledge/Baru") is None
    assert scripts.current("Knowledge/Tidak Ada") is None
    assert scripts.current("") is None


# --- read and confirmed ----------------------------------------------------------------------------------------------
def test_a_material_change_asks_every_agent_of_the_roles(script, wayan, bowo, sari, rini) -> None:
    tono = factories.person("tono", Role.AGENT_TIER2)
    assert not scripts.must_acknowledge(sari, script.article.published)
    version = approve(changed(script, wayan), bowo)
    asked = {user: scripts.must_acknowledge(user, version) for user in (sari, tono, rini, bowo)}
    assert asked == {sari: True, tono: True, rini: False, bowo: False}
    assert set(scripts.not_yet_read(script.article)) == {sari, tono}
    opened = timezone.now() - timedelta(minutes=3)
    reading = scripts.acknowledge(sari, version, opened)
    assert (reading.opened_at, reading.confirmed_at > opened) == (opened, True)
    assert not scripts.must_acknowledge(sari, version)
    assert set(scripts.not_yet_read(script.article)) == {tono}
    assert [one.pk for one in scripts.to_read(tono)] == [script.pk]
    assert not scripts.to_read(sari)


def test_a_small_change_asks_nobody_again(script, wayan, bowo, sari) -> None:
    second = approve(changed(script, wayan), bowo)
    scripts.acknowledge(sari, second, timezone.now())
    third = approve(changed(script, wayan, "Ejaan."), bowo, material=False)
    assert not scripts.must_acknowledge(sari, third)
    assert not scripts.not_yet_read(script.article)
    dewi147 = factories.person("dewi147", Role.AGENT_147)
    assert scripts.must_acknowledge(dewi147, third)
    scripts.acknowledge(dewi147, third, timezone.now())  # the later text contains the change
    assert not scripts.must_acknowledge(dewi147, third)
    fourth = approve(changed(script, wayan, "Besar."), bowo)
    assert scripts.must_acknowledge(sari, fourth)


def test_confirming_twice_keeps_the_first(script, wayan, bowo, sari) -> None:
    version = approve(changed(script, wayan), bowo)
    first = scripts.acknowledge(sari, version, timezone.now())
    assert scripts.acknowledge(sari, version, timezone.now()) == first
    assert Reading.objects.count() == 1
    with pytest.raises(DatabaseError), transaction.atomic():
        Reading.objects.update(confirmed_at=timezone.now())
    future = scripts.acknowledge(factories.person("tono", Role.AGENT_147), version, timezone.now() + timedelta(hours=1))
    assert future.opened_at <= future.confirmed_at


def test_the_menu_counts_for_many_as_for_each(script, wayan, sari, leaders, django_assert_num_queries) -> None:
    bowo, hendra = leaders
    approve(changed(script, wayan), bowo)
    changed(script, bowo, "Lain lagi.")
    people = [sari, bowo, hendra, wayan]
    each = {user.pk: scripts.to_read(user).count() + scripts.to_approve(user).count() for user in people}
    assert each == {sari.pk: 1, bowo.pk: 0, hendra.pk: 1, wayan.pk: 0}
    with django_assert_num_queries(4):
        assert dict(scripts.waiting_for([user.pk for user in people])) == each


def test_the_database_refuses_what_makes_no_sense(script, bowo) -> None:
    now = timezone.now()
    wrong = (
        lambda: Script.objects.filter(pk=script.pk).update(path=""),
        lambda: Script.objects.filter(pk=script.pk).update(gone_at=now),
        lambda: Reading.objects.create(
            version=script.article.published, user=bowo, opened_at=now, confirmed_at=now - timedelta(seconds=1)
        ),
        lambda: services.write(script.article, "t", "b", by=None, four_eyes=True),
    )
    for change in wrong:
        with pytest.raises(IntegrityError), transaction.atomic():
            change()


def test_the_demonstration_has_the_scripts_of_my_kiss_approved_by_a_supervisor(hendra, sari) -> None:
    demo.load()
    demo.load()
    assert Script.objects.filter(mirrored=True).count() == len(SCRIPTS)
    read = scripts.current(WAY_OUT)
    assert read is not None
    assert (read.version.approved_by, read.stale) == (hendra, False)
    assert not scripts.must_acknowledge(sari, read.version)
    assert [one.path.rpartition("/")[2] for one in scripts.to_read(sari)] == ["Keluhan Keras"]
