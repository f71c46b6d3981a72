"""The schedule: nothing is forgotten, two years by default, and years that change with four eyes."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from django.apps import apps
from django.db import Error, transaction
from django.utils import timezone

from tenesa.accounts.models import User
from tenesa.accounts.roles import Role
from tenesa.retention import schedule
from tenesa.retention.kinds import kinds
from tenesa.retention.models import Policy
from tenesa.retention.structure import STAYS, tables
from tenesa.workflow.errors import InvalidInput, NotNow, NotYourStep, UnknownStep
from tenesa.workflow.procedures import procedures
from tests import factories
from tests.retention.aged import RECORDS

pytestmark = pytest.mark.django_db
TODAY = timezone.localdate()
NO_RECORDS = {  # what is no record of a case or of a day, and why it stays
    "the house and its people": "accounts.User accounts.Area accounts.Desk accounts.Team accounts.Membership "
    "accounts.Presence accounts.ApiToken systems.CtiState",
    "settings, and their versions": "timers.Calendar timers.Opening timers.SpecialDay timers.Target contact.Holiday "
    "workspace.Tag workspace.TagChange workspace.SavedView "
    "mail.Mailbox mail.MailFolder mail.MailTemplate systems.SiteTool systems.LineLimit systems.SystemState "
    "caring.BillingPolicy caring.Offer caring.OfferVersion caring.Ruling pending.PendReason reporting.KpiTarget",
    "documents and knowledge": "documents.Document documents.Revision documents.Clause documents.Term "
    "knowledge.Article knowledge.Version knowledge.Script knowledge.Reading knowledge.Product knowledge.Snippet "
    "systems.Notice",
    "figures without a customer": "reporting.Measurement reporting.Tally reporting.Monthly caring.CallReport "
    "mail.LedgerDay segmentation.OpeningsWeek",
    "how far something was read or told": "reporting.Reading incidents.NossaFeed notices.Digest",
    "master data, read again from its master": "segmentation.Customer segmentation.Service segmentation.CustomerNumber",
    "bytes that go with the last mail that has them": "mail.Blob mail.Scan",
}


def test_every_case_of_the_house_is_a_kind_or_part_of_one() -> None:
    covered = {model for name in kinds() for model in tables(name)}
    ours = {model for model in procedures().values() if not model.__module__.startswith("tests.")}
    assert ours - covered == set()


def test_every_table_of_the_house_is_classified() -> None:
    covered = {model._meta.label for name in kinds() for model in tables(name)}
    said = {label for labels in NO_RECORDS.values() for label in labels.split()}
    ours = ("tenesa.", "segmentation", "tickets", "pending", "vvip", "caring")
    every = {model._meta.label for model in apps.get_models() if model.__module__.startswith(ours)}
    every -= {label for label in every if label.startswith("retention.")}
    assert every - covered - said == set()
    assert said & covered == set()
    assert {label.lower() for label in said} >= STAYS


def test_a_record_of_every_kind_is_made_by_these_tests() -> None:
    assert RECORDS.keys() == kinds().keys()


def test_two_years_hold_by_default_and_p01_states_them() -> None:
    lines = schedule.lines()
    assert {line.years for line in lines} == {2}
    stated = {line.kind.source: line.kind.owner for line in lines if line.kind.source.startswith("P-01 10")}
    assert stated == {"P-01 10 (F-19)": Role.QCO, "P-01 10 (F-18)": Role.QCO}


def test_the_last_day_that_is_due() -> None:
    assert schedule.before(date(2028, 2, 29), 2) == date(2026, 2, 28)
    assert schedule.until("tickets.emailcase", date(2028, 3, 10)) == date(2026, 3, 10)


def test_years_change_when_another_person_accepts(manager: User) -> None:
    admin, name = factories.person("wati", Role.ADMIN), "tickets.emailcase"
    asked = schedule.propose(admin, name, count=5, since=TODAY, note="Surat direksi 12.")
    assert schedule.years(name, TODAY) == 2
    with pytest.raises(NotNow):
        schedule.propose(manager, name, count=3, since=TODAY, note="Lain.")
    with pytest.raises(NotNow):
        schedule.decide(admin, asked, accept=True)
    schedule.decide(manager, asked, accept=True)
    assert (schedule.years(name, TODAY), schedule.years(name, TODAY - timedelta(days=1))) == (5, 2)
    with pytest.raises(NotNow):
        schedule.decide(manager, asked, accept=False)


def test_what_was_refused_changes_nothing_and_makes_room(manager: User) -> None:
    admin = factories.person("wati", Role.ADMIN)
    schedule.decide(admin, schedule.propose(admin, "caring.prospect", count=9, since=TODAY, note="x"), accept=False)
    assert schedule.years("caring.prospect", TODAY) == 2
    schedule.propose(manager, "caring.prospect", count=3, since=TODAY, note="y")


def test_who_may_not_and_what_is_nonsense(rini: User, hendra: User, manager: User) -> None:
    with pytest.raises(UnknownStep):
        schedule.propose(rini, "caring.prospect", count=3, since=TODAY, note="x")
    with pytest.raises(NotYourStep):
        schedule.propose(hendra, "caring.prospect", count=3, since=TODAY, note="x")
    with pytest.raises(UnknownStep):
        schedule.propose(manager, "no.such", count=3, since=TODAY, note="x")
    with pytest.raises(InvalidInput) as refused:
        schedule.propose(manager, "caring.prospect", count=0, since=TODAY - timedelta(days=1), note=" ")
    assert refused.value.errors.keys() == {"years", "since", "note"}
    assert not Policy.objects.exists()


def test_postgresql_keeps_the_terms_and_the_four_eyes(manager: User) -> None:
    asked = schedule.propose(manager, "caring.prospect", count=3, since=TODAY, note="x")
    now = timezone.now()
    for change in ({"years": 1}, {"accepted": True, "decided_by": manager, "decided_at": now}):
        with pytest.raises(Error), transaction.atomic():
            Policy.objects.filter(pk=asked.pk).update(**change)
    with pytest.raises(Error), transaction.atomic():
        asked.delete()
