"""A leader reads the reports in a real browser and takes a figure home: the file says what the page says."""

from __future__ import annotations

import csv
import os
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from django.utils import timezone
from playwright.sync_api import Browser

from tenesa.accounts.models import User
from tenesa.reporting import measuring
from tenesa.reporting.models import Export
from tests.accessibility import violations
from tests.journeys.patience import eventually
from tests.reporting.walks import Walk
from tests.ui.test_browser import desk

pytestmark = [
    pytest.mark.browser,
    pytest.mark.django_db(transaction=True),
]
PAGES = (
    "/reports/?period=30d",
    "/reports/kpis/response/?period=30d",
    "/reports/kpis/response/cases/?period=30d",
    "/reports/activities/",
    "/reports/lists/ageing/",
    "/reports/?from=1999-01-01&to=1999-01-02",
)
SHOTS = os.environ.get("SHOTS", "")


@pytest.fixture
def month(rini: User, dewi: User) -> None:
    now = timezone.now().replace(microsecond=0)
    for number in range(14):
        agent, day = (rini, dewi)[number % 2], now - timedelta(days=number * 2, hours=5)
        walk = Walk(agent, day).information(after=(4, 18, 35, 52, 71, 130)[number % 6])
        if number > 1:
            walk.close()
    measuring.measure_new()


def test_a_leader_reads_a_kpi_and_takes_it_home(
    browser: Browser,
    live_server: Any,
    month: None,
    bowo: User,
    tmp_path: Path,
) -> None:
    seat = desk(browser, live_server, bowo)
    for place, address in enumerate(PAGES):
        page = seat.open(address)
        assert violations(page) == [], address
        assert page.evaluate("document.documentElement.scrollWidth <= innerWidth"), address
        if SHOTS:
            page.screenshot(path=f"{SHOTS}/reports-{place}.png", full_page=True)
    page = seat.open("/reports/")
    page.get_by_role("link", name="Waktu respons").click()
    total = page.locator("#total").inner_text()
    page.locator("#total").click()
    assert page.locator("#number").inner_text() == total
    with page.expect_download() as started:
        page.get_by_role("link", name="CSV").click()
    file = tmp_path / "cases.csv"
    started.value.save_as(file)
    with file.open(encoding="utf-8-sig", newline="") as text:
        rows = list(csv.reader(text, delimiter=";"))
    assert len(rows) - 1 == int(total) == 14
    missed = sum(row[rows[0].index("Terpenuhi")] == "tidak" for row in rows)
    page.go_back()
    assert page.locator("dd", has_text=str(missed)).count() > 0
    eventually(lambda: Export.objects.filter(end__finished=True, end__rows=14, by=bowo).exists())
    assert seat.complaints == []


@pytest.mark.parametrize("way", [("phone", "light"), ("desk", "dark")])
def test_the_reports_fit_a_phone_and_the_dark(
    browser: Browser, live_server: Any, month: None, bowo: User, way: tuple[str, str]
) -> None:
    size, scheme = way
    seat = desk(browser, live_server, bowo, size, scheme)
    for place, address in enumerate(PAGES[:2]):
        page = seat.open(address)
        assert violations(page) == [], address
        assert page.evaluate("document.querySelector('main').scrollWidth <= innerWidth"), address
        if SHOTS:
            page.screenshot(path=f"{SHOTS}/reports-{size}-{scheme}-{place}.png", full_page=True)
