"""What goes wrong beside the main path: paid meanwhile, nobody to call, hours, holidays, months that end (8.1)."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

import pytest
from django.utils import timezone

from caring import services
from caring.billing_models import month_after
from caring.models import CaringResult, Promise, PromiseLine, Prospect, Verdict
from caring.promises import judging
from caring.promises.rules import next_day_of_contact
from caring.prospects import contact, page, queue
from caring.prospects.forms import AgreeForm
from caring.prospects.states import State
from caring.results.desk import ResultDesk
from caring.results.states import State as ResultState
from tenesa.accounts.models import SYSTEM, User
from tenesa.accounts.roles import Role
from tenesa.contact.models import ContactAttempt, Dial, Holiday, NumberState
from tenesa.mail.models import OutboundMail
from tenesa.rupiah import in_rupiah
from tenesa.systems.models import ExternalCall
from tenesa.workflow.errors import InvalidInput, NotNow
from tenesa.workflow.perform import perform
from tests import factories
from tests.caring import desk
from tests.caring.conftest import At
from tests.ui.test_frame import signed_in
from tests.workspace.rooms import text_of

pytestmark = pytest.mark.django_db
PASSED = {"note": "Telepon lagi."}


def paid(one: Prospect) -> Prospect:
    return perform(one, "find_paid", actor=SYSTEM)


def returned(citra: User, laras: User, **changes: Any) -> CaringResult:
    return perform(desk.at_qc(citra, laras, **changes), "return_to_agent", actor=laras, data=desk.RETURN)


def recalled(citra: User, laras: User, novita: User) -> tuple[CaringResult, Prospect]:
    result = perform(returned(citra, laras), "pass_on", actor=novita, data=PASSED)
    return result, desk.again(result.prospect)


# --- paid meanwhile --------------------------------------------------------------------------------------------------
def test_paid_while_picked_is_out_and_nobody_holds_it(citra: User) -> None:
    one = paid(perform(desk.prospect(mycx_order="MO-1"), "pick", actor=citra))
    assert (one.state, one.owner, one.total) == (State.PAID, None, 0)
    assert ExternalCall.objects.filter(operation="release_order").count() == 1


def test_paid_while_talking_no_debt_is_named_and_the_call_has_its_result(citra: User) -> None:
    one = paid(desk.in_call(citra))
    assert (one.state, one.owner) == (State.IN_CALL, citra)
    for step in ("agree", "decline"):
        with pytest.raises(NotNow, match="I-payment"):
            perform(one, step, actor=citra, data={})
    one = perform(one, "follow_up", actor=citra, data={"reason": "TOLD_PAID"})
    assert (one.state, one.ready, one.owner) == (State.PAID, False, None)
    assert [result.reason for result in one.results.all()] == ["TOLD_PAID"]
    assert ContactAttempt.objects.filter(case_id=one.pk, result="CONNECTED").count() == 1


def test_paid_while_talking_and_nobody_reached(citra: User) -> None:
    one = perform(paid(desk.in_call(citra, payer=False)), "miss", actor=citra, data={"reason": "RNA"})
    assert (one.state, one.ready) == (State.PAID, False)


def test_paid_while_talking_and_the_agent_is_gone(citra: User) -> None:
    """The call still has its result, by whoever made it."""
    one = paid(desk.in_call(citra))
    Prospect.objects.update(lease_until=timezone.now() - timedelta(seconds=1))
    assert services.expire_leases() == 1
    one = desk.again(one)
    assert (one.state, one.lacks_result) == (State.IN_CALL, True)
    assert perform(one, "follow_up", actor=citra, data={"reason": "TOLD_PAID"}).state == State.PAID


def test_paid_while_in_qc_the_verdict_and_the_promise_go_on(citra: User, laras: User) -> None:
    """The prospect is ended: nothing of the result moves, and the payment is what keeps the promise."""
    result = desk.at_qc(citra, laras)
    with pytest.raises(NotNow):
        paid(desk.again(result.prospect))
    result = perform(result, "approve", actor=laras, data=desk.OK)
    today = timezone.localdate().isoformat()
    payment = {"amount": result.promised_amount, "value_date": today, "posted_on": today}
    found = judging.judge(result, [payment])
    assert found is not None
    perform(result, "judge_promise", actor=SYSTEM, verdict=found.state, paid=found.paid, ask_on=found.ask_on)
    assert result.promise.__class__.objects.get(result=result).state == Promise.State.KEPT
    assert desk.again(result).state == ResultState.APPROVED


def test_paid_while_it_is_to_be_called_again_the_verdict_stays(citra: User, laras: User, novita: User) -> None:
    result, one = recalled(citra, laras, novita)
    assert paid(one).state == State.PAID
    result = desk.again(result)
    assert (result.state, result.ended_how, result.approved) == (ResultState.FINAL, "PAID", False)
    assert Promise.objects.get(result=result).state == Promise.State.OPEN  # the payments judge it


# --- recall ----------------------------------------------------------------------------------------------------------
def test_no_verdict_is_given_while_the_recall_call_runs(citra: User, laras: User, novita: User) -> None:
    result, one = recalled(citra, laras, novita)
    desk.in_call(citra, one)
    for step, data in (("claim", {}), ("approve", desk.OK), ("return_to_agent", desk.RETURN)):
        with pytest.raises(NotNow):
            perform(result, step, actor=laras, data=data)
    decided = result.deciding_verdict()
    assert decided is not None
    assert (decided.kind, decided.decision) == (Verdict.Kind.DECIDING, "RETURNED")
    assert Verdict.objects.count() == 1


@pytest.mark.parametrize(
    ("way", "ended"),
    [
        ("exclude", ("end_excluded", "EXCLUDED", "Tagihan disanggah · Sengketa tagihan.")),
        ("find_beyond", ("end_excluded", "EXCLUDED", "Tunggakan lebih dari dua bulan")),
        ("drop", ("give_up_recall", "LEFT", "")),
    ],
)
def test_whoever_is_not_called_any_more_leaves_no_recall_behind(
    way: str, ended: tuple[str, str, str], citra: User, laras: User, novita: User
) -> None:
    """And the result says why it ended: who is excluded was not tried in vain."""
    result, one = recalled(citra, laras, novita)
    if way == "exclude":
        perform(one, "exclude", actor=novita, data={"why": "DISPUTE", "note": "Sengketa tagihan."})
    elif way == "find_beyond":
        Prospect.objects.update(oldest_month=month_after(desk.this_month(), -3))
        perform(one, "find_beyond", actor=SYSTEM)
    else:
        Prospect.objects.update(phones=[])
        perform(one, "drop", actor=citra)
    result = desk.again(result)
    event = result.last_event()
    assert result.state == ResultState.FINAL
    assert (event.step, result.ended_how, event.data.get("why", "")) == ended
    page = text_of(signed_in(novita).get(result.get_absolute_url()))
    assert ("Tidak terhubung lagi" in page, "Tidak lagi ditelepon" in page) == (way == "drop", way != "drop")
    assert not Promise.objects.filter(state__in=Promise.LIVE).exists()


def test_a_returned_decline_of_somebody_who_died_ends(citra: User, laras: User, novita: User) -> None:
    """Deceased: stop. QC may have drawn the call; nobody is called again."""
    data = {"reason": "DECEASED", "note": "Disampaikan keluarga."}
    one = perform(desk.in_call(citra), "decline", actor=citra, data=data)
    assert one.state == State.EXCLUDED
    result = one.results.get()
    CaringResult.objects.update(sampled=True)
    result = perform(desk.entered(result), "claim", actor=laras)
    result = perform(result, "return_to_agent", actor=laras, data=desk.RETURN)
    result = perform(result, "pass_on", actor=novita, data=PASSED)
    assert (result.state, result.ended_how) == (ResultState.FINAL, "EXCLUDED")
    assert desk.again(one).state == State.EXCLUDED


def test_a_recall_is_no_promise_more(citra: User, laras: User, novita: User) -> None:
    """At most two re-promises; those that QC has called again are the same one."""
    for _time in range(4):
        found = CaringResult.objects.order_by("-pk").first()
        one = desk.again(found.prospect) if found else None
        result = desk.agreed(citra, one)
        assert result.promise.again == 0
        result = perform(perform(desk.entered(result), "claim", actor=laras), "return_to_agent", actor=laras,
                         data=desk.RETURN)  # fmt: skip
        perform(result, "pass_on", actor=novita, data=PASSED)
        Dial.objects.update(at=timezone.now() - timedelta(days=8))  # the contact rules are not meant here
    assert Promise.objects.filter(state__in=Promise.LIVE).count() == 1


def test_the_fine_is_told_apart_and_promised_with_the_bills(citra: User, at: At) -> None:
    at("2026-11-24 10:00")
    one = desk.in_call(citra)
    form = AgreeForm(case=one, actor=citra)
    assert form.fields["amount_told"].initial == 367_500
    shown = page.beside(one, citra)
    assert shown is not None
    assert shown.parts == f"tagihan {in_rupiah(350_000)} + denda {in_rupiah(17_500)}"
    day = f"{timezone.localdate() + timedelta(days=1):%Y-%m-%d}"
    told = {"reason": "KEEPS", "offer": "FULL", "promised_on": day, "amount_told": "367500", "willing": "on",
            "recording": "EB-1"}  # fmt: skip
    with pytest.raises(InvalidInput, match="367"):
        perform(one, "agree", actor=citra, data={**told, "amount_told": "350000"})
    perform(one, "agree", actor=citra, data=told)
    result = CaringResult.objects.get()
    assert (result.arrears, result.amount_told, result.fine_told) == (350_000, 367_500, 17_500)
    assert list(result.promise.lines.values_list("amount", flat=True)) == [367_500]
    assert any("17.500" in str(fact.value) for fact in ResultDesk().facts(result, citra))


def test_each_line_of_a_customer_keeps_its_promise(citra: User) -> None:
    first, second = (desk.prospect(ncli="40000001", fastel=f"13150000000{n}") for n in (1, 2))
    desk.agreed(citra, first)
    Dial.objects.update(at=timezone.now() - timedelta(days=8))  # the contact rules are not meant here
    desk.agreed(citra, second)
    assert [one.fastel for one in Promise.objects.filter(state__in=Promise.LIVE).order_by("pk")] == [
        first.fastel, second.fastel,
    ]  # fmt: skip
    assert not Promise.objects.exclude(again=0).exists()


def test_who_was_to_call_need_not_come_back(citra: User, laras: User, novita: User) -> None:
    _result, one = recalled(citra, laras, novita)
    wati = desk.person("wati", Role.AGENT_CARING)
    with pytest.raises(NotNow):
        perform(one, "pick", actor=wati)
    perform(one, "give_to_team", actor=novita, data={"team": ""})
    assert perform(one, "pick", actor=wati).owner == wati


# --- appeal ----------------------------------------------------------------------------------------------------------
def test_an_appeal_after_three_days_is_refused(citra: User, laras: User) -> None:
    result = returned(citra, laras)
    CaringResult.objects.update(returned_at=timezone.now() - timedelta(days=3, seconds=1))
    with pytest.raises(NotNow):
        perform(result, "ask_again", actor=citra, data={"reason": "Pelanggan jelas bersedia."})
    assert desk.again(result).appeal == ""


# --- entry -----------------------------------------------------------------------------------------------------------
def test_what_one_application_refuses_is_entered_again_and_reaches_both(citra: User) -> None:
    result = desk.agreed(citra)
    perform(result, "note_refusal", actor=SYSTEM, problem="CWC: INVALID")
    result = desk.again(result)
    assert (result.state, result.entry_problem) == (ResultState.REINPUT, "CWC: INVALID")
    result = perform(result, "reenter", actor=citra, data={"reason": result.reason, "note": "Nama diperbaiki."})
    assert (result.state, result.result_version) == (ResultState.ENTERING, 2)
    sent = ExternalCall.objects.filter(payload__key=result.key).values_list("system", flat=True)
    assert sorted(sent) == ["cwc", "mycx"]
    assert desk.entered(result).state == ResultState.QC_QUEUED


# --- numbers ---------------------------------------------------------------------------------------------------------
def test_a_wrong_number_is_not_dialled_again_and_the_next_one_is(citra: User) -> None:
    one = desk.in_call(citra, desk.prospect(phones=["081210009001", "081210009002"]), payer=False)
    one = perform(one, "miss", actor=citra, data={"reason": "WRONG_NUMBER"})
    assert (one.state, one.phones) == (State.FOLLOW_UP, ["081210009002"])
    assert contact.number_of(one) == "081210009002"


def test_a_number_of_two_customers_is_counted_for_both_and_wrong_for_one(citra: User) -> None:
    first, second = (desk.prospect(phones=["081210009003"]) for _one in range(2))
    perform(desk.in_call(citra, first, payer=False), "miss", actor=citra, data={"reason": "WRONG_NUMBER"})
    with pytest.raises(NotNow):  # the gap is the number's, whoever is called at it
        perform(second, "pick", actor=citra)
    perform(second, "postpone", actor=citra)
    second = desk.again(second)
    assert not second.ready
    assert second.ready_at > timezone.now()
    assert desk.again(first).state == State.EXHAUSTED
    assert second.phones == ["081210009003"]


def test_nobody_waits_behind_a_customer_whose_last_number_is_dead(citra: User) -> None:
    dead, other = desk.prospect(phones=["081210009004"]), desk.prospect()
    Prospect.objects.filter(pk=dead.pk).update(score=900, place=-900)
    NumberState.objects.create(number="081210009004", state="DEAD")
    assert queue.pick_next(citra) == other
    assert desk.again(dead).state == State.EXHAUSTED


# --- hours and holidays ----------------------------------------------------------------------------------------------
def test_at_seven_in_jakarta_nobody_in_papua_is_called(citra: User, at: At) -> None:
    at("2026-12-01 16:00")
    papua, jakarta = desk.prospect(zone="WIT", at=None), desk.prospect(at=None)
    Prospect.objects.filter(pk=papua.pk).update(score=900, place=-900)
    held = perform(papua, "pick", actor=citra)  # 18.00 there
    at("2026-12-01 19:00")
    perform(held, "note_bills", actor=SYSTEM, bills=held.bills, isolated=False)
    with pytest.raises(NotNow):
        perform(held, "start_dial", actor=citra)
    perform(held, "give_back", actor=citra, data={"note": "Sudah malam."})
    assert queue.pick_next(citra) == jakarta
    with pytest.raises(NotNow):
        perform(papua, "pick", actor=citra)


def test_on_a_holiday_nobody_is_called(citra: User, at: At) -> None:
    at("2026-12-25 10:00")
    assert Holiday.objects.get(date=date(2026, 12, 25)).confirmed
    one = desk.prospect(at=None)
    assert queue.pick_next(citra) is None
    with pytest.raises(NotNow):
        perform(one, "pick", actor=citra)


# --- promises --------------------------------------------------------------------------------------------------------
def promised(citra: User, laras: User, due: str) -> CaringResult:
    one = desk.prospect(email="debitur@pelanggan.example")
    result = perform(desk.entered(desk.agreed(citra, one, promised_on=due)), "claim", actor=laras)
    return perform(result, "approve", actor=laras, data=desk.OK)


@pytest.mark.parametrize(
    ("due", "told"),
    [("2026-12-25", "2026-12-24 09:30"), ("2026-12-27", "2026-12-26 09:30"), ("2026-12-24", "2026-12-23 09:30")],
)
def test_a_promise_on_a_holiday_keeps_its_day_and_is_reminded_of_on_a_day_of_contact(
    due: str, told: str, citra: User, laras: User, at: At
) -> None:
    factories.mailbox()
    at("2026-12-21 10:00")
    result = promised(citra, laras, due)
    line = PromiseLine.objects.get(promise__result=result)
    assert line.due == date.fromisoformat(due)
    at("2026-12-22 10:00")
    assert judging.remind() == 0
    at(told)
    assert judging.remind() == 1
    assert judging.remind() == 0
    assert OutboundMail.objects.get().to == ["debitur@pelanggan.example"]


def test_the_next_day_of_contact_is_no_sunday_and_no_holiday() -> None:
    christmas = {date(2026, 12, 25)}
    assert next_day_of_contact(date(2026, 12, 24), christmas.__contains__) == date(2026, 12, 26)
    assert next_day_of_contact(date(2026, 12, 26), christmas.__contains__) == date(2026, 12, 28)


def test_a_broken_promise_is_called_again_first_and_a_late_payment_changes_nothing(citra: User, laras: User) -> None:
    result = perform(desk.at_qc(citra, laras), "approve", actor=laras, data=desk.OK)
    perform(result, "judge_promise", actor=SYSTEM, verdict="BROKEN", paid=0, ask_on=None)
    one = desk.again(result.prospect)
    assert (one.state, one.ready, one.owner) == (State.AVAILABLE, True, None)
    assert Promise.objects.get().state == Promise.State.BROKEN
    late = {"amount": 10_000_000, "value_date": timezone.localdate().isoformat(), "posted_on": "2026-12-31"}
    assert judging.judge(desk.again(result), [late]) is None
    paid(one)
    assert (desk.again(one).state, Promise.objects.get().state) == (State.PAID, Promise.State.BROKEN)


# --- months ----------------------------------------------------------------------------------------------------------
def listed(months: int, **changes: Any) -> Prospect:
    """A prospect of this month's list whose oldest unpaid month is so far back."""
    month = desk.this_month()
    oldest = month_after(month, -months)
    return desk.prospect(oldest_month=oldest, bills={f"{oldest:%Y-%m}": 350_000}, **changes)


def test_the_months_end_moves_what_is_open_and_nothing_that_is_judged(citra: User, at: At) -> None:
    at("2026-11-28 10:00")
    young, old, oldest = listed(0), listed(1), listed(2, campaign="CT0")
    judged = desk.agreed(citra, listed(1))
    assert services.rebucket() == 0
    at("2026-12-01 00:30")
    assert services.rebucket() == 2
    assert services.rebucket() == 0
    found = [(one.state, one.campaign) for one in map(desk.again, (young, old, oldest))]
    assert found == [("AVAILABLE", "PRANPC"), ("AVAILABLE", "CT0"), ("EXCLUDED", "CT0")]
    assert desk.again(oldest).excluded_why == "BEYOND"
    assert (desk.again(judged).campaign, desk.again(judged.prospect).campaign) == ("PRANPC", "PRANPC")


def test_a_payment_of_the_oldest_month_moves_it_back(citra: User) -> None:
    one = perform(listed(2, campaign="CT0"), "pick", actor=citra)
    month = desk.this_month()
    bills = {f"{month_after(month, -1):%Y-%m}": 350_000, f"{month:%Y-%m}": 350_000}
    one = perform(one, "note_bills", actor=SYSTEM, bills=bills, isolated=True)
    assert (one.state, one.campaign, one.total) == (State.PICKED, "PRANPC", 700_000)


def test_nobody_is_excluded_in_the_middle_of_a_call(citra: User, at: At) -> None:
    at("2026-11-30 19:50")
    one = desk.in_call(citra, listed(2, campaign="CT0"))
    at("2026-12-01 00:10")
    assert services.rebucket() == 0
    assert desk.again(one).state == State.IN_CALL


def test_no_reminder_goes_without_an_address(citra: User, laras: User) -> None:
    perform(desk.at_qc(citra, laras), "approve", actor=laras, data=desk.OK)
    assert judging.remind() == 0
    assert not OutboundMail.objects.exists()
