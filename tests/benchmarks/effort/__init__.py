"""What a path costs a person: keys, fields, mails and seconds, played in a browser against the running house.

Counted are key presses outside text, clicks and fields filled; typed or pasted text is one. A key is pressed only where
the page shows it. Nothing is prepared beside what the intake reads: the customer writes or calls, the case is opened.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from playwright.sync_api import sync_playwright

from tenesa.launch.process import SetupError
from tests.benchmarks.effort import call_paths, mail_paths
from tests.benchmarks.effort.player import Seats, Told, house
from tests.benchmarks.measure import Line
from tests.conftest import CHROMIUM

MAIL_SECONDS = 60  # a mail is held for a moment so that it can be taken back
STRAY_SECONDS = 5  # and so long one more is waited for that should not come


@dataclass
class Walk:
    """A path of the table: what it cost before (keys, fields), what was wanted of both together, and how many mails the
    customer gets."""

    name: str
    play: Callable[[Seats], Told]
    before: str
    wanted: int
    mails: int


WALKS = (
    Walk("complaint to ticket number told", mail_paths.complaint, "13+4", 8, 1),
    Walk("recovery to closed", mail_paths.recovery, "6+0", 2, 1),
    Walk("DBS request handed over", mail_paths.request, "9+1", 5, 1),
    Walk("information answered and closed", mail_paths.information, "13+2", 6, 1),
    Walk("hold agreed", call_paths.hold_agreed, "9+4", 8, 2),
    Walk("hold refused", call_paths.hold_refused, "8+2", 6, 1),
    Walk("a VVIP's call to its callback", call_paths.vvip_call, "13+1", 6, 0),
    Walk("caring: not contacted", call_paths.not_contacted, "–", 3, 0),
    Walk("caring: agree with its promise", call_paths.agree, "–", 9, 0),
)


def measure(base: Path) -> list[Line]:
    if CHROMIUM is None:
        raise SetupError("no Chromium on this machine: apt install chromium")
    with house(base) as one, sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox"])
        seats = Seats(browser, one)
        lines = [line for walk in WALKS for line in play(walk, seats)]
        browser.close()
    return lines


def play(walk: Walk, seats: Seats) -> list[Line]:
    """One path; where it breaks that is said, and the others are still played."""
    started = time.monotonic()
    before = seats.house.mails(*seats.told) if walk.play is mail_paths.recovery else 0
    try:
        player, *seats.told = walk.play(seats)
        seconds = time.monotonic() - started
        mails = _mails(walk, seats, before)
        assert mails == walk.mails, f"{mails} mail(s), not {walk.mails}"
    except Exception as error:
        print(f"{walk.name}: broken after {seats.last.trail}: {str(error)[:300]}", flush=True)
        return []
    cost = player.keys + player.fields
    beside = f"before {walk.before}, wanted {walk.wanted}"
    print(
        f"{walk.name}: {player.keys} keys + {player.fields} fields = {cost} ({beside}),"
        f" {mails} mail(s), {seconds:.0f} s: {' '.join(player.trail)}",
        flush=True,
    )
    return [Line(f"effort: {walk.name}", cost, "acts", walk.wanted, cost / walk.wanted, 1.0)]


def _mails(walk: Walk, seats: Seats, before: int) -> int:
    """What the customer got for it."""
    address, subject = seats.told
    if not address:
        return 0
    end, stray = time.monotonic() + MAIL_SECONDS, 0.0
    while (now := time.monotonic()) < end:
        got = seats.house.mails(address, subject) - before
        stray = stray or (now + STRAY_SECONDS if got >= walk.mails else 0.0)
        if stray and now > stray:
            break
        time.sleep(1)
    return got
