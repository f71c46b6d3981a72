"""The leader's check by keys alone: a difference is asked about, an orphan explained, the run signed (8 langkah 5)."""

from __future__ import annotations

import pytest
from django.urls import reverse
from django.utils import timezone
from playwright.sync_api import expect

from caring.models import CaringResult, Difference
from caring.reconciliation import runs
from caring.results.states import State
from tenesa.accounts.models import User
from tests.caring import desk
from tests.caring.reconciling import compared, rows_of, steer
from tests.journeys.browser.conftest import Seat, seat
from tests.journeys.desk import Outside

__all__ = ["seat"]
# Whether the placeholder is cut off where the column is so narrow that one button still stands beside the input.
CUT = """it => {
  it.form.style.width = "240px";
  const style = getComputedStyle(it), words = document.createElement("span");
  words.textContent = it.placeholder;
  Object.assign(words.style, { fontSize: style.fontSize, position: "absolute", whiteSpace: "nowrap" });
  document.body.append(words);
  const cut = words.offsetWidth > it.clientWidth - parseFloat(style.paddingLeft) - parseFloat(style.paddingRight);
  words.remove();
  it.form.style.width = "";
  return cut; }"""
pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


def test_a_leader_answers_every_question_and_signs(
    systems: Outside, approved: CaringResult, novita: User, seat: Seat
) -> None:
    steer(systems, "PUT", f"tamara/{rows_of('tamara')[0]}", amount=1, receiver="Orang lain sekali")
    steer(systems, "POST", f"mycx/{rows_of('mycx')[0]}/copy", note="")
    run = compared(novita)
    orphan, different = run.differences.order_by("system")
    window = seat(novita)
    window.open(reverse("reconciliations"))
    window.is_fit("reconciliations")
    window.open(run.get_absolute_url())
    window.is_fit("reconciliation")
    window.tab_to(f"#difference-{different.pk} [value=reinput]", limit=120)
    window.press("Enter")
    expect(window.page.locator(f"#difference-{different.pk} form")).to_have_count(0)
    assert desk.again(approved).state == State.REINPUT
    window.tab_to(f"#difference-{orphan.pk} [name=reason]", limit=120)
    window.type("Diketik langsung di MyCX.")
    window.tab_to(f"#difference-{orphan.pk} [value=explain]")
    window.press("Enter")
    expect(window.page.locator(f"#difference-{orphan.pk} form")).to_have_count(0)
    Difference.objects.filter(pk=different.pk).update(state="SETTLED")  # the agent's turn: test_reconciliation.py
    window.open(run.get_absolute_url())
    window.tab_to("form[action$='/sign/'] button", limit=120)
    window.press("Enter")
    window.sees(f"Disahkan oleh {novita}")
    window.lacks("form[action$='/sign/']")
    assert desk.again(run).status == "SIGNED"


def test_what_is_typed_in_other_rows_stays_when_one_is_answered(
    systems: Outside, approved: CaringResult, novita: User, seat: Seat
) -> None:
    steer(systems, "PUT", f"tamara/{rows_of('tamara')[0]}", amount=1)
    (there,) = rows_of("mycx")
    for _copy in range(3):
        steer(systems, "POST", f"mycx/{there}/copy", note="")
    run = compared(novita)
    rows = [f"#difference-{pk} [name=reason]" for pk in run.differences.order_by("pk").values_list("pk", flat=True)]
    window = seat(novita)
    window.open(run.get_absolute_url())
    page = window.page
    assert not page.locator(rows[0]).evaluate(CUT)
    for row, words in ((rows[0], "Pertama."), (rows[3], "Keempat."), (rows[1], "Kedua.")):
        page.fill(row, words)
    page.press(rows[1], "Enter")  # in a reason it explains, also where the result may be entered again
    expect(page.locator(rows[1])).to_have_count(0)
    expect(page.locator(rows[2])).to_be_focused()
    expect(page.locator(".levels")).to_contain_text("Dijelaskan 1")
    window.forgive(422)
    page.keyboard.press("Enter")
    expect(page.locator("#run [role=alert]")).to_contain_text("Tulis alasannya")
    expect(page.locator(rows[2])).to_be_focused()
    page.keyboard.type("Ketiga.")
    page.keyboard.press("Enter")
    expect(page.locator(rows[3])).to_be_focused()
    assert [page.input_value(row) for row in (rows[0], rows[3])] == ["Pertama.", "Keempat."]
    page.keyboard.press("Enter")
    expect(page.locator(rows[0])).to_be_focused()  # and round to what was left
    page.keyboard.press("Enter")
    expect(page.locator("[name=reason]:visible")).to_have_count(0)
    found = run.differences.order_by("pk").values_list("state", "reason")
    assert list(found) == [("EXPLAINED", words) for words in ("Pertama.", "Kedua.", "Ketiga.", "Keempat.")]


def test_a_run_is_withdrawn_by_keys(systems: Outside, novita: User, seat: Seat) -> None:
    run = compared(novita)
    window = seat(novita)
    window.open(run.get_absolute_url())
    window.tab_to("#withdraw summary", limit=120)
    window.press("Enter")
    window.tab_to("#withdraw [name=reason]")
    window.type("Salah periode.")
    window.press("Enter")
    window.sees("Salah periode.")
    window.is_fit("reconciliation-withdrawn")
    assert desk.again(run).status == "WITHDRAWN"


def test_a_run_that_waits_is_withdrawn_while_its_page_asks_how_far_it_is(
    systems: Outside, novita: User, seat: Seat
) -> None:
    """Every two seconds: what is typed meanwhile stays, with the caret or without."""
    run = runs.ask(novita, first=timezone.localdate(), last=timezone.localdate())
    window = seat(novita)
    window.open(run.get_absolute_url())
    reason = "#withdraw [name=reason]"
    window.page.click("#withdraw summary")
    window.page.fill(reason, "Salah periode.")
    for focused in (True, False):
        with window.page.expect_response("**?part=run"):
            window.context.clock.fast_forward(2_000)
        window.page.wait_for_selector(".htmx-request", state="detached")
        assert window.page.input_value(reason) == "Salah periode."
        if focused:
            window.press("Tab")
    window.press("Enter")
    window.sees("Ditarik kembali oleh")
    assert desk.again(run).status == "WITHDRAWN"
