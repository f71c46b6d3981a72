"""Every desk by keys alone: to its list, into a case, a step; somebody else sees it without asking again."""

from __future__ import annotations

from typing import Any

import pytest
from playwright.sync_api import expect

from tenesa.ui.menu import MenuDesk
from tenesa.workspace.desk import Desk, desks
from tests.journeys.browser.conftest import Seat, seat
from tests.journeys.browser.window import PASSWORD
from tests.workspace.worked import WORK, people

__all__ = ["seat"]
pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]
ALWAYS = ("cases", "pending", "calls", "callbacks", "prospects", "results")  # the others in `make drill`


# Presses each single key that a page shows, catches what it hits before anything is sent, and names the keys that hit
# nothing, or something else than what shows them.
IDLE_KEYS = """() => {
  const hits = [];
  const caught = (event) => { hits.push(event.target); event.preventDefault(); event.stopImmediatePropagation(); };
  window.addEventListener("click", caught, true);
  const shown = [...document.querySelectorAll("main kbd.key, nav kbd.key, header kbd.key")]
    .filter((kbd) => kbd.checkVisibility({ visibilityProperty: true }) && !kbd.closest("dialog"))
    .filter((kbd) => /^[a-z0-9]$/.test(kbd.textContent.trim()));
  const idle = [];
  for (const kbd of shown) {
    const key = kbd.textContent.trim(), open = [...document.querySelectorAll("details")].map((one) => one.open);
    document.activeElement?.blur();
    hits.length = 0;
    document.body.dispatchEvent(new KeyboardEvent("keydown", { key, bubbles: true, cancelable: true }));
    const focused = document.activeElement === document.body ? [] : [document.activeElement];
    const place = kbd.closest("details.offer, [data-key], form, section") ?? kbd.parentElement;
    const near = (one) => place.contains(one) || one.contains(kbd) || place.parentElement.contains(one);
    if (![...hits, ...focused].some(near)) idle.push(key);
    [...document.querySelectorAll("details")].forEach((one, n) => { one.open = open[n]; });
  }
  window.removeEventListener("click", caught, true);
  return { idle, pressed: shown.length };
}"""


def every_shown_key_works(window: Any) -> None:
    window.context.clock.fast_forward(3_000)  # a button that states something sleeps in its first moment
    told = window.page.evaluate(IDLE_KEYS)
    assert told["idle"] == []
    assert told["pressed"] > 0


def _of(desk: Desk) -> Any:
    return pytest.param(desk, id=desk.slug, marks=() if desk.slug in ALWAYS else pytest.mark.long)


@pytest.mark.parametrize("desk", [_of(desk) for desk in desks()])
def test_a_step_is_taken_by_keys_and_seen_by_others(desk: Desk, seat: Seat) -> None:
    everybody, work = people(), WORK[desk.procedure]
    worker = everybody[work.role]
    worker.set_password(PASSWORD)
    worker.save(update_fields=["password"])
    case: Any = work.opened(everybody)
    label = desk.state(case.state)

    window = seat(worker).open("/")
    if key := MenuDesk(desk.slug, desk.title, desk.icon, desk.place).key:
        window.press(key)
        window.page.wait_for_url(lambda url: desk.list_url() in url)
    else:
        window.open(desk.list_url())
    window.shows("#queue")
    if window.page.locator(f"[data-row='{case.pk}']").count() == 0:
        view = next(v for v in desk.views_for(worker) if v.of(desk.model._default_manager.all(), worker).exists())
        window.open(desk.list_url(view.slug))
    assert window.open_row() == case.pk
    watching = seat(worker).open(case.get_absolute_url())
    expect(watching.page.locator("#case-state")).to_have_text(label)
    every_shown_key_works(watching)

    window.press(desk.keys[work.step])
    if work.inputs:
        window.lands_in(f"#offer-{work.step}")
        for name, value in work.inputs.items():
            field = window.page.locator(f"#offer-{work.step} [name={name}]")
            if field.first.get_attribute("type") == "radio":
                field.and_(window.page.locator(f"[value='{value}']")).check()
            else:
                field.fill(value)
        window.submit()
    watching.until(f"#case-state:not(:has-text('{label}'))")
    now: Any = desk.model._default_manager.get(pk=case.pk)
    assert desk.state(now.state) != label
    watching.open(case.get_absolute_url())
    every_shown_key_works(watching)
    window.is_fit(f"every-desk-{desk.slug}")
