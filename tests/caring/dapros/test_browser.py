"""A list with bad rows, handed in by hand in a browser (C-01; requirements 8.1)."""

from __future__ import annotations

from io import BytesIO
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings
from django.urls import reverse
from django.utils import timezone
from playwright.sync_api import Browser, expect

from caring.dapros import loading
from caring.dapros.models import DaprosBatch
from caring.models import Prospect
from tenesa.accounts.models import User
from tenesa.sheets import Workbook
from tests.caring.dapros.lists import row, workbook
from tests.journeys.patience import eventually
from tests.ui.test_frame import signed_in

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


def test_a_leader_hands_in_a_list_sees_it_read_and_fetches_what_was_refused(
    live_server: Any, browser: Browser, novita: User, tmp_path: Path
) -> None:
    month = f"{timezone.localdate():%Y-%m}"
    file = tmp_path / "dapros.xlsx"
    file.write_bytes(workbook([row(periode=month), row(periode=month, fastel="1,22E+11", hp1="0812")]))
    context = browser.new_context(viewport={"width": 1366, "height": 768})
    session = signed_in(novita).cookies[settings.SESSION_COOKIE_NAME].value
    context.add_cookies([{"name": settings.SESSION_COOKIE_NAME, "value": session, "url": live_server.url}])
    page = context.new_page()
    page.goto(live_server.url + reverse("prospects:list"))
    page.get_by_role("link", name="Daftar prospek").first.click()
    page.get_by_label("Berkas Excel atau CSV").set_input_files(file)
    page.get_by_label("Bulan daftar").fill(month)
    page.get_by_role("button", name="Kirim berkas").click()
    expect(page.get_by_role("button", name="Jeda")).to_be_visible()
    batch = eventually(DaprosBatch.objects.first, what="the list")
    loading.read(batch.pk)  # as the worker does
    expect(page.get_by_text("D3: “1,22E+11” kehilangan digit")).to_be_visible()
    expect(page.get_by_role("button", name="Jeda")).to_have_count(0)
    with page.expect_download() as download:
        page.get_by_role("link", name="Baris ditolak sebagai XLSX").click()
    with Workbook(BytesIO(Path(download.value.path()).read_bytes())) as book:
        _heads, refused = (found.cells for found in book.rows(book.sheets[0]))
    assert refused[-2:] == [
        3, "D3: “1,22E+11” kehilangan digit (format kolomnya sebagai teks); Q3: “0812” bukan nomor telepon",
    ]  # fmt: skip
    assert Prospect.objects.get().fastel == "122055500001"
