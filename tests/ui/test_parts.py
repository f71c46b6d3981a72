"""Small parts: times in words, icons, the chart."""

from __future__ import annotations

import re
from datetime import UTC, datetime

import lucide
import pytest
from django.conf import settings
from django.utils import translation

from tenesa.timers.spans import span_words
from tenesa.ui.chart import chart
from tenesa.ui.templatetags import ui
from tenesa.workflow.step import steps_of
from tickets.models import EmailCase
from tickets.states import State


@pytest.mark.parametrize(
    ("seconds", "words"),
    [
        (0, "0 m"),
        (720, "12 m"),
        (-720, "−12 m"),
        (11_100, "3 j 5 m"),
        (-345_600, "−4 h"),
        (28_526_460, "330 h 4 j"),
    ],
)
def test_it_says_spans_in_words(seconds: int, words: str) -> None:
    with translation.override("id"):
        assert span_words(seconds) == words


def test_it_writes_dates_the_indonesian_way() -> None:
    moment = datetime(2026, 11, 21, 2, 41, tzinfo=UTC)
    with translation.override("id"):
        assert ui.when(moment) == "21 Nov 2026 09.41 WIB"


@pytest.mark.parametrize(
    ("name", "letters"), [("Laras Kinasih", "LK"), ("La Ode Hamzah", "LH"), ("rini", "R"), ("", "")]
)
def test_it_abbreviates_names(name: str, letters: str) -> None:
    assert ui.initials(name) == letters


def test_every_icon_exists() -> None:
    names = set()
    for folder, kinds in (("templates", "*.html"), ("tenesa", "*.html"), ("tickets", "*.py")):
        for path in (settings.BASE_DIR / folder).rglob(kinds):
            text = path.read_text(encoding="utf-8")
            names.update(re.findall(r"""\{% icon "([\w-]+)\"|sign="([\w-]+)\"""", text))
    missing = []
    for name in sorted({one or other for one, other in names}):
        try:
            ui.icon(name)
        except lucide.IconDoesNotExist:
            missing.append(name)
    assert missing == []


def test_the_chart_draws_every_state_once_and_no_box_over_another() -> None:
    labels = {state.value: str(state.label) for state in State}
    drawn = chart(steps_of(EmailCase).values(), labels, {"NEW": 3}, ["CLOSED", "VOID"])
    assert {node.state for node in drawn.nodes} == set(labels)
    assert len({(node.x, node.y) for node in drawn.nodes}) == len(drawn.nodes)
    assert all(0 <= node.x < drawn.width and 0 <= node.y < drawn.height for node in drawn.nodes)
    assert drawn.edges
