"""What people of W-26 do at their windows, by keys alone: entries of the lists, 147 calls, callbacks."""

from __future__ import annotations

from functools import partial
from typing import Any

from django.urls import reverse
from playwright.sync_api import expect

from segmentation.special_list.desk import ListDesk
from tenesa.workspace.desk import Desk
from tests.journeys.browser.window import Window
from tests.segmentation import entries
from tests.vvip import desk
from vvip.callbacks.desk import CallbackDesk
from vvip.callbacks.states import State
from vvip.calls.desk import CallDesk
from vvip.calls.states import State as CallState
from vvip.models import Callback


def does(at: type[Desk], window: Window, step: str, **values: Any) -> None:
    """A step by its key; fields by Tab, sent with Ctrl+Enter where the key alone does not take it."""
    window.page.wait_for_selector(".htmx-request", state="detached")
    window.shows(f"#offer-{step}")
    opens = window.page.locator(f"#offer-{step} [data-at-once]").count() == 0
    with window.page.expect_response(lambda answer: f"/steps/{step}/" in answer.url):
        window.press(at.keys[step])
        if values or opens:
            window.lands_in(f"#offer-{step}[open]")
            window.fill(**values)
            window.press("Control+Enter")


at_entry, at_call, at_callback = partial(does, ListDesk), partial(does, CallDesk), partial(does, CallbackDesk)


# --- lists -----------------------------------------------------------------------------------------------------------
def proposed(window: Window, criterion: str) -> None:
    """For the customer of `desk.customer`, with what the criterion needs."""
    told = {**entries.given(criterion=criterion), **entries.MEASURED.get(criterion, {})}
    days = {name: told.pop(name) for name in ("measured_at", "term_end", "valid_to") if name in told}
    window.open(reverse("list-propose"))
    window.shows("[name=customer]")
    window.fill(**told)
    for name, value in days.items():
        window.page.locator(f"[name={name}]").fill(value)  # a browser's own fields of days
    window.press("Control+Enter")
    window.shows("#open [data-case]")


# --- 147 calls -------------------------------------------------------------------------------------------------------
def recorded(window: Window, number: str = entries.INTERNET, **more: str) -> None:
    """The caller's number and words; Ctrl+Enter records."""
    window.open(reverse("call-new"))
    window.lands_in("[name=number]")
    window.type(number)
    window.fill(**more, report="Internet mati sejak pagi.")
    window.press("Control+Enter")


def verified(window: Window) -> None:
    """The answers that matched are ticked; that they were asked follows."""
    at_call(window, "start_verification")
    window.shows("#offer-confirm_identity")
    window.press(CallDesk.keys["confirm_identity"])
    for row in ("name", "address", "contact"):
        window.tab_to(f"#offer-confirm_identity [name=matched][value={row}]")
        window.press("Space")
    with window.page.expect_response(lambda answer: "/steps/" in answer.url):
        window.press("Control+Enter")
    is_in(window, CallState.LIST_CHECKED)


def is_in(window: Window, state: CallState) -> None:
    expect(window.page.locator("#open .chip-solid").first).to_have_text(str(state.label))


# --- callbacks -------------------------------------------------------------------------------------------------------
def until(one: Callback, state: str, window: Window) -> Callback:
    """The answer is there, the page shows the state, and the row has it."""
    window.page.wait_for_selector(".htmx-request", state="detached")
    label = str(State(state).label)
    window.until(f"#case-state:has-text('{label}')")
    found: Callback = desk.again(one)
    assert found.state == state
    return found


def reached(window: Window, one: Callback, by: str = "Pelanggan") -> None:
    dialled(window, one)
    at_callback(window, "connect", answered_by=by)
    until(one, State.CONNECTED, window)


def dialled(window: Window, one: Callback) -> None:
    window.open(one.get_absolute_url())
    at_callback(window, "claim")
    until(one, State.CLAIMED, window)
    at_callback(window, "analyse", **desk.FOUND)
    at_callback(window, "start_dial")
    until(one, State.DIALLING, window)
