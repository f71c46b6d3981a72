"""Forms that hand in a file keep it where another field is refused, on the same page; the error gets the focus."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import pytest
from django.urls import reverse
from playwright.sync_api import expect

from tenesa.accounts.roles import Role
from tenesa.settings import BASE_DIR
from tests import factories
from tests.journeys.browser.conftest import Seat, seat

__all__ = ["seat"]
pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]
FILE: Any = {"name": "daftar.csv", "mimeType": "text/csv", "buffer": b"fastel;hp\n122055500001;0811223344\n"}
EMPTY: Any = {**FILE, "buffer": b""}
SENT = re.compile(r"\{% hands_in %\}")
HERE = "window.still = true"
CHOSEN = "one => [...one.files].map(file => file.name)"


@pytest.mark.parametrize(
    ("page", "desk", "role", "file", "typed", "refused"),
    [
        ("dapros", "CARING", Role.TEAM_LEADER, "file", {"period": "1999-01"}, "period"),
        ("caring-exclusions", "CARING", Role.TEAM_LEADER, "file", {"source": "Surat 7"}, "reason"),
        ("reconciliations", "CARING", Role.TEAM_LEADER, "mycx", {"first": "1999-01-01"}, "last"),
        ("pend-ask", "TENESA", Role.AGENT_EMAIL, "attachments", {"incident": "123"}, "incident"),
    ],
)  # fmt: skip
def test_a_chosen_file_stays_where_another_field_is_refused(
    page: str, *, desk: str, role: Role, file: str, typed: dict[str, str], refused: str, seat: Seat
) -> None:
    window = seat(factories.person("orang", role, desk_code=desk)).open(reverse(page))
    window.forgive(422)
    window.page.evaluate(HERE)
    window.page.locator(f"form[enctype] [name={file}]").set_input_files([FILE])
    for name, value in typed.items():
        window.page.locator(f"form[enctype] [name={name}]").fill(value)
    window.page.locator("form[enctype] [data-submit]").click()
    field = window.page.locator(f"form[enctype] [name={refused}]")
    expect(field).to_have_attribute("aria-invalid", "true")
    assert window.page.locator(f"form[enctype] [name={file}]").evaluate(CHOSEN) == [FILE["name"]]
    for name, value in typed.items():
        expect(window.page.locator(f"form[enctype] [name={name}]")).to_have_value(value)
    expect(window.page.locator("form[enctype] [aria-invalid=true]").first).to_be_focused()
    assert window.page.evaluate("window.still"), "the page was loaded again"


def test_a_file_that_is_refused_itself_is_chosen_anew(seat: Seat) -> None:
    window = seat(factories.person("bowo", Role.TEAM_LEADER)).open(reverse("list-import"))
    window.forgive(422)
    window.page.locator("[name=file]").set_input_files([EMPTY])
    window.page.locator("form[enctype] [data-submit]").click()
    expect(window.page.locator("[name=file]")).to_have_attribute("aria-invalid", "true")
    expect(window.page.locator("[name=file]")).to_be_focused()
    window.sees("5 MB", ".error")
    assert window.page.locator("[name=file]").evaluate(CHOSEN) == []


def test_no_form_hands_in_a_file_in_another_way() -> None:
    templates = {path: path.read_text() for path in Path(BASE_DIR, "templates").rglob("*.html")}
    assert [path.name for path, text in templates.items() if "enctype" in text] == []
    assert sum(bool(SENT.search(text)) for text in templates.values()) == 5
