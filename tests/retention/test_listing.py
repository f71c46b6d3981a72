"""Lists: what is due, what is held back and why; nothing is removed by them."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta

import pytest
from django.db import Error, transaction
from django.utils import timezone

from tenesa.accounts.models import User
from tenesa.accounts.roles import Role
from tenesa.retention import holds, listing
from tenesa.retention.listing import units
from tenesa.retention.models import Disposal, Hold, ListedRecord
from tenesa.workflow.errors import InvalidInput, NotNow, UnknownStep
from tests import factories
from tests.journeys.desk import Outside
from tests.retention.aged import People, mail_case, special_case, what_became
from tests.vvip import callbacks
from tickets.models import EmailCase

pytestmark = pytest.mark.django_db
Draw = Callable[[], Disposal]


def test_what_is_old_and_closed_is_due_and_nothing_is_removed(people: People, drawn: Draw) -> None:
    old, open_case = mail_case(people), factories.opened()
    became = what_became(drawn())
    assert became[old.number] == "due"
    assert became[open_case.number] == "OPEN"
    assert EmailCase.objects.count() == 2


def test_a_case_is_due_on_the_day_two_years_later_and_not_before(
    people: People, hendra: User, later: Callable[..., None]
) -> None:
    case = mail_case(people)
    closed = timezone.localdate(EmailCase.objects.get().changed_at)
    due = closed.replace(year=closed.year + 2)
    later(days=3 * 366)
    for day, listed in ((due - timedelta(days=1), False), (due, True)):
        run = listing.draw(hendra, day)
        listing.fill(run.pk)
        assert (case.number in what_became(run)) is listed


def test_a_callback_that_is_open_or_younger_holds_its_call_back(
    systems: Outside, people: People, drawn: Draw, later: Callable[..., None]
) -> None:
    waiting, young = callbacks.placed("QUEUED"), callbacks.placed("DONE")
    type(waiting.call).objects.update(state="CLOSED")
    later(days=2 * 366)
    type(young).objects.filter(pk=young.pk).update(changed_at=timezone.now())
    run = drawn()
    said = {line.number: (line.why, line.about) for line in run.records.exclude(why="")}
    assert said[waiting.call.number] == ("OPEN", waiting.number)
    assert said[young.call.number] == ("YOUNGER", young.number)


def test_a_merged_case_waits_for_the_one_that_shows_its_mails(people: People, drawn: Draw) -> None:
    open_case, closed = factories.opened(), mail_case(people)
    into_open, into_closed = mail_case(people), mail_case(people)
    EmailCase.objects.filter(pk=into_open.pk).update(state="MERGED", merged_into=open_case)
    EmailCase.objects.filter(pk=into_closed.pk).update(state="MERGED", merged_into=closed)
    run = drawn()
    became = what_became(run)
    assert (became[into_open.number], became[into_closed.number], became[closed.number]) == ("REFERRED", "due", "due")
    assert run.records.get(record=into_open.pk, kind="tickets.emailcase").about == open_case.number
    assert len(set(run.records.filter(record__in=[into_closed.pk, closed.pk], kind="tickets.emailcase")
                   .values_list("unit", flat=True))) == 1  # fmt: skip


def test_what_an_open_case_names_stays(people: People, drawn: Draw) -> None:
    named, between = mail_case(people), mail_case(people)
    opened = factories.opened()
    EmailCase.objects.filter(pk=opened.pk).update(referenced_case=between)
    EmailCase.objects.filter(pk=between.pk).update(referenced_case=named)
    became = what_became(drawn())
    assert (became[named.number], became[between.number]) == ("REFERRED", "REFERRED")


def test_holds_on_a_record_on_its_part_and_on_a_customer(
    systems: Outside, people: People, manager: User, drawn: Draw
) -> None:
    customer = factories.customer()
    by_number, of_customer, free = mail_case(people), mail_case(people, customer=customer), mail_case(people)
    call = special_case(people)
    holds.place(manager, number=by_number.number.lower(), reason="Gugatan 7.")
    holds.place(manager, customer=customer.reference, reason="Polisi.")
    lifted = holds.place(manager, number=free.number, reason="Keliru.")
    holds.lift(manager, lifted, reason="Bukan kasus ini.")
    holds.place(manager, number=call.callbacks.get().number, reason="Rekaman diminta.")
    became = what_became(drawn())
    assert [became[one.number] for one in (by_number, of_customer, call, free)] == ["HOLD", "HOLD", "HOLD", "due"]


def test_a_hold_is_refused_where_it_is_nonsense(people: People, manager: User, rini: User) -> None:
    case = mail_case(people)
    with pytest.raises(UnknownStep):
        holds.place(rini, number=case.number, reason="x")
    for given in ({"number": "EM9999999"}, {"number": "?"}, {}, {"number": case.number, "customer": "1"}):
        with pytest.raises(InvalidInput):
            holds.place(manager, reason="x", **given)
    with pytest.raises(InvalidInput):
        holds.place(manager, number=case.number, reason=" ")
    assert not Hold.objects.exists()
    hold = holds.place(manager, number=case.number, reason="x")
    holds.lift(manager, hold, reason="y")
    with pytest.raises(NotNow):
        holds.lift(manager, hold, reason="z")
    with pytest.raises(Error), transaction.atomic():
        Hold.objects.update(reason="lain")


def test_the_list_is_frozen(people: People, drawn: Draw) -> None:
    mail_case(people)
    run = drawn()
    for change in (lambda: run.records.update(why="HOLD"), lambda: ListedRecord.objects.all().delete()):
        with pytest.raises(Error), transaction.atomic():
            change()
    assert "another worker" in listing.fill(run.pk)


def test_who_draws_and_when(rini: User, bowo: User, hendra: User) -> None:
    for user in (rini, bowo):
        with pytest.raises(UnknownStep):
            listing.draw(user, timezone.localdate())
    with pytest.raises(InvalidInput):
        listing.draw(hendra, timezone.localdate() + timedelta(days=1))
    assert not Disposal.objects.exists()
    listing.draw(factories.person("wati", Role.ADMIN), timezone.localdate())
    with pytest.raises(NotNow):
        listing.draw(hendra, timezone.localdate())


def test_the_house_draws_one_list_a_month(db: None) -> None:
    now = timezone.now()
    run = listing.draw_of_month(now)
    assert run is not None
    assert (run.drawn_by, run.cutoff.day) == (None, 1)
    assert listing.draw_of_month(now) is None
    assert "0 records are due" in listing.fill(run.pk)
    run.refresh_from_db()
    assert run.status == "EMPTY"


def test_units_are_what_is_linked() -> None:
    a, b, c, other = ("k", 1), ("k", 2), ("k", 3), ("l", 1)
    found = units({a: {b}, b: set(), c: {other}, other: {c}})
    assert (found[a], found[b], found[c], found[other]) == (1, 1, 3, 1)
