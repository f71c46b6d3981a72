"""A person at a browser who has no mouse: keys are pressed, focus moves, and where it lands must be seen."""

from __future__ import annotations

import os
import re
import time
from pathlib import Path
from typing import Any, Literal
from zlib import crc32

from django.urls import reverse
from playwright.sync_api import BrowserContext, ConsoleMessage, Page, expect
from playwright.sync_api import TimeoutError as PlaywrightTimeoutError

from tenesa.accounts.models import User
from tests.accessibility import violations
from tests.journeys.patience import PATIENCE
from tickets.states import State

PASSWORD = "rahasia-sekali"
POLL_MS = 20_000  # how often a page without the live stream asks again
SHOTS = os.environ.get("SHOTS", "")  # a folder: every shot() is kept there to be looked at

FOCUS = """() => {
  const e = document.activeElement, box = e.getBoundingClientRect(), style = getComputedStyle(e);
  const x = Math.max(0, box.left) + Math.min(box.width, innerWidth) / 2, y = box.top + Math.min(box.height, 24) / 2;
  const top = document.elementFromPoint(x, y);
  const ring = s => (s.outlineStyle !== "none" && parseFloat(s.outlineWidth) >= 1) || s.boxShadow !== "none";
  const mine = top && (e.contains(top) || top.contains(e) || [...(e.labels ?? [])].some(l => l.contains(top)));
  return {
    tag: e.tagName.toLowerCase(), type: e.type ?? "", id: e.id, name: e.name ?? "", value: e.value ?? "",
    html: e.outerHTML.slice(0, 160), inside: x >= 0 && x <= innerWidth && y >= 0 && y <= innerHeight,
    ring: ring(style), clear: !!mine,
  };
}"""

MARK_ANSWER = """() => {
  delete document.documentElement.dataset.answered;
  document.addEventListener("htmx:afterRequest", function mark(event) {
    if (!event.detail.pathInfo.requestPath.includes("/steps/")) return;
    document.removeEventListener("htmx:afterRequest", mark);
    document.documentElement.dataset.answered = "";
  });
}"""  # the rail's numbers are those of before until the answer was swapped in


class Window:
    """One signed-in browser window; its console and its script errors are remembered."""

    def __init__(self, context: BrowserContext, base: str) -> None:
        self.context, self.base = context, base
        context.clock.install()
        self.page: Page = context.new_page()
        self.page.set_default_timeout(PATIENCE * 1000)
        self.keyboard = self.page.keyboard
        self.complaints: list[str] = []
        self.forgiven: set[int] = set()
        self.page.on("console", self._listen)
        self.page.on("pageerror", lambda error: self.complaints.append(f"error on the page: {error}"))

    def _listen(self, message: ConsoleMessage) -> None:
        if message.type in {"error", "warning"}:
            self.complaints.append(f"{message.text} {message.location.get('url', '')}")

    def forgive(self, status: int) -> None:
        """The browser writes every refused request into its console; one with this status is wanted."""
        self.forgiven.add(status)

    def unforgiven(self) -> list[str]:
        """What the console said beside what was wanted; and what was wanted and did not come."""
        left = self.complaints
        for status in self.forgiven:
            said = (f"status of {status}", f"Status Error Code {status}")
            kept = [words for words in left if not any(part in words for part in said)]
            left = kept if len(kept) < len(left) else [*left, f"no answer {status}"]
        return left

    # --- keys --------------------------------------------------------------------------------------------------------
    def open(self, path: str) -> Window:
        """An address typed into the address line."""
        self.page.goto(self.base + path)
        return self

    def press(self, *keys: str) -> None:
        """Keys by name; a digit with Shift is pressed as a keyboard does it, which gives another character."""
        for key in keys:
            self.keyboard.press(re.sub(r"^Shift\+(\d)$", r"Shift+Digit\1", key))

    def type(self, text: str) -> None:
        self.keyboard.type(text)

    @property
    def focus(self) -> dict[str, Any]:
        return dict(self.page.evaluate(FOCUS))

    def sees_focus(self) -> dict[str, Any]:
        """The focused thing is on the screen, uncovered, and marked by a ring."""
        end = time.monotonic() + 3  # a page that is being drawn may move it for a moment
        while not ((focus := self.focus)["inside"] and focus["clear"] and focus["ring"]):
            if time.monotonic() > end:
                self.shot("focus")
                raise AssertionError(f"focus cannot be seen: {focus}")
        return focus

    def lands_in(self, selector: str) -> dict[str, Any]:
        """Focus arrives inside of `selector`."""
        try:
            self.page.locator(f":is({selector}):focus, :is({selector}) :focus").first.wait_for(state="attached")
        except PlaywrightTimeoutError:
            raise AssertionError(f"focus is not in {selector}: {self.focus}") from None
        return self.sees_focus()

    def tab_to(self, selector: str, limit: int = 60) -> None:
        """Tab until there; a person would give up after `limit`."""
        there = f"() => document.activeElement.matches({selector!r})"
        for _tab in range(limit):
            if self.page.evaluate(there):
                self.sees_focus()
                return
            self.press("Tab")
        raise AssertionError(f"{selector} is not reached by Tab; focus is on {self.focus}")

    def fill(self, **values: object) -> None:
        """Fields by name, in the order in which Tab reaches them."""
        for name, value in values.items():
            self.tab_to(f"[name='{name}']")
            self._enter(name, value)

    def _enter(self, name: str, value: object) -> None:
        focus = self.focus
        if focus["type"] == "checkbox":
            if self.page.evaluate("() => document.activeElement.checked") != value:
                self.press("Space")
        elif focus["tag"] == "select":
            self.choose(str(value))
        else:
            self.press("Control+a")
            self.type(str(value))
            assert self.focus["value"].replace("\r", "") == str(value), name

    def choose(self, value: str) -> None:
        """An option of the focused list, by the arrow keys."""
        chosen = "e => e.tagName === 'OPTION' ? e.index : e.selectedIndex"
        options = "e => [...(e.tagName === 'OPTION' ? e.closest('select') : e).options].map(o => o.value)"
        wanted = self._of_focus(options).index(value)
        if self._of_focus(chosen) != wanted:
            self.press("ArrowDown")  # a list of Chromium's new kind opens at its present option
        while (at := self._of_focus(chosen)) != wanted:
            self.press("ArrowDown" if wanted > at else "ArrowUp")
            assert self._of_focus(chosen) != at, self.focus
        if self.focus["tag"] == "option":
            self.sees_focus()
            self.press("Enter")
        assert self.focus["value"] == value, self.focus

    def _of_focus(self, function: str) -> Any:
        return self.page.evaluate(f"() => ({function})(document.activeElement)")

    # --- what is shown -----------------------------------------------------------------------------------------------
    def sees(self, text: str | re.Pattern[str], where: str = "body") -> None:
        expect(self.page.locator(where)).to_contain_text(text)

    def shows(self, selector: str) -> None:
        self.page.locator(selector).first.wait_for()

    def lacks(self, selector: str) -> None:
        assert self.page.locator(selector).count() == 0, selector

    def until(self, selector: str, seconds: float = PATIENCE) -> None:
        """The page has no live stream here: its poll brings what is new, and the page's clock is turned on to it."""
        end = time.monotonic() + seconds
        while True:
            self.context.clock.fast_forward(POLL_MS)
            try:
                self.page.locator(selector).first.wait_for(timeout=1_000)
            except PlaywrightTimeoutError:
                if time.monotonic() > end:
                    self.shot("late")
                    raise AssertionError(f"{seconds} s in vain for {selector}") from None
            else:
                return

    def hears(self) -> None:
        """There is news of the open case, and the page has asked for it."""
        with self.page.expect_response("**/part/procedure/"):
            self.page.evaluate("htmx.trigger(document.body, 'live-case')")
        self.page.wait_for_selector(".htmx-request, .htmx-swapping, .htmx-settling", state="detached")

    def is_fit(self, name: str) -> None:
        """Without a breach of WCAG in light or, at every other name, in dark; on a desk's screen and a phone without a
        sideways scroll."""
        focused = self.page.evaluate_handle("document.activeElement")
        schemes: list[Literal["dark", "light"]] = ["dark", "light"]
        for scheme in schemes if SHOTS else schemes[crc32(name.encode()) % 2 :][:1]:
            self.page.emulate_media(color_scheme=scheme)
            assert (found := violations(self.page)) == [], f"{name}, {scheme}: {found}"
            self.shot(f"{name}-{scheme}")
        self.page.emulate_media(color_scheme="light")
        self.page.set_viewport_size({"width": 390, "height": 844})
        self.shot(f"{name}-phone")
        assert self.sideways() <= 0, f"{name} on a phone"
        self.page.set_viewport_size({"width": 1366, "height": 768})
        assert self.sideways() <= 0, f"{name} at a desk"
        focused.evaluate("it => it.focus({ preventScroll: true })")  # the phone shows one pane and hides the others

    def sideways(self) -> int:
        """Pixels by which the page is wider than the window."""
        return int(self.page.evaluate("document.documentElement.scrollWidth - window.innerWidth"))

    def shot(self, name: str) -> None:
        if SHOTS:
            Path(SHOTS).mkdir(parents=True, exist_ok=True)
            self.page.screenshot(path=f"{SHOTS}/{name}.png", caret="initial")

    # --- the desk ----------------------------------------------------------------------------------------------------
    def sign_in(self, user: User) -> Window:
        self.knock(user)
        self.page.wait_for_url(lambda url: "sign-in" not in url)
        return self

    def knock(self, user: User, password: str = PASSWORD) -> None:
        """Name and password at the door, whatever comes of it."""
        self.open(reverse("login"))
        self.lands_in("[name=username]")
        self.type(user.username)
        self.press("Tab")
        self.lands_in("[name=password]")
        self.type(password)
        self.press("Enter")

    def take_first(self, view: str = "queue") -> int:
        """Open the most urgent case of a list with j and Enter, take it with a; gives its number."""
        self.open(f"{reverse('cases:list')}?view={view}")
        self.until("[data-row]")
        pk = self.open_row()
        self.press("a")
        self.shows("#offer-check_segment, #offer-identify")
        return pk

    def open_row(self) -> int:
        self.press("j")
        self.lands_in("[data-row]")
        pk = int(self.page.evaluate("() => document.activeElement.dataset.row"))
        self.press("Enter")
        self.shows(f'#open [data-case="{pk}"]')
        return pk

    def open_case(self, pk: int) -> None:
        self.open(reverse("cases:case", args=[pk]))
        self.shows(f'#open [data-case="{pk}"]')

    def reach(self, step: str) -> None:
        """Open an offered step by the number it shows; focus goes into it."""
        number = self.page.locator(f"#offer-{step} > summary kbd").first.inner_text()
        self.press(number)
        self.lands_in(f"#offer-{step}")

    def take(self, step: str, **values: object) -> None:
        """A step of the rail with its fields, sent with Ctrl+Enter."""
        self.until(f"#offer-{step}")
        self.reach(step)
        self.fill(**values)
        self.submit()

    def submit(self) -> None:
        """Ctrl+Enter, and the answer of the server is on the page."""
        self.page.evaluate(MARK_ANSWER)
        with self.page.expect_response(lambda answer: "/steps/" in answer.url) as answered:
            self.press("Control+Enter")
        answer = answered.value
        if not answer.request.is_navigation_request() and "hx-redirect" not in answer.headers:
            self.page.locator("html[data-answered]").wait_for(state="attached")

    def write(self, step: str, message: str = "", **values: object) -> None:
        """A step that writes to the customer: the rail leads into the composer."""
        self.until(f"#offer-{step}")
        self.reach(step)
        self.press("Enter")
        self.lands_in("#composer textarea")
        if message:
            self.press("Control+a")
            self.type(message)
        self.fill(**values)
        self.submit()

    def compose(self, message: str) -> None:
        """Write to the customer without moving the case."""
        self.reach("write")
        self.press("Enter")
        self.lands_in("#composer textarea")
        self.type(message)

    def is_in(self, state: State) -> None:
        """The head of the open case names this state."""
        expect(self.page.locator("#case-state")).to_have_text(str(state.label))

    def comes_to(self, state: State) -> None:
        """The case moves there by itself, and the page follows."""
        self.until(f"#case-state:text-is('{state.label}')")
