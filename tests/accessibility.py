"""Breaches of WCAG on a page, found by axe."""

from __future__ import annotations

from collections.abc import Sequence

from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page

SCRIPT = Axe().axe_script
COLOURS = ("color-contrast", "link-in-text-block")  # the rules whose verdict another colour scheme can change


def violations(page: Page, rules: Sequence[str] = ()) -> list[str]:
    """Rule, first place and number of places of each breach: of all rules, or of those given (much quicker)."""
    if not page.evaluate("'axe' in window"):
        page.evaluate(SCRIPT)
    options = {"resultTypes": ["violations"], **({"runOnly": list(rules)} if rules else {})}
    found = page.evaluate("options => axe.run(options).then(said => said.violations)", options)
    return [f"{v['id']}: {v['nodes'][0]['html'][:160]} ({len(v['nodes'])})" for v in found]
