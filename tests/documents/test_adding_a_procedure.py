"""The guide to a new procedure shows the sample's own code, and the sample is as small as it says."""

from __future__ import annotations

import re
from pathlib import Path

from django.conf import settings

ROOT = Path(settings.BASE_DIR)
GUIDE = (ROOT / "docs" / "adding-a-procedure.md").read_text(encoding="utf-8")
SAMPLE = sorted((ROOT / "tests" / "workspace" / "sample").glob("*.py"))


def test_the_code_that_it_shows_is_the_samples() -> None:
    written = "\n".join(path.read_text(encoding="utf-8") for path in SAMPLE)
    shown = re.findall(r"```python\n(.*?)```", GUIDE, re.S)
    assert len(shown) > 5
    assert [code for code in shown if code not in written] == []


def test_the_files_and_names_that_it_names_exist() -> None:
    named = re.findall(r"`((?:docs|tests|tenesa|tickets|pending|locale)/[\w/.-]*)`", GUIDE)
    assert named
    assert [path for path in named if not (ROOT / path).exists()] == []


def test_the_sample_is_small() -> None:
    assert sum(len(path.read_text(encoding="utf-8").splitlines()) for path in SAMPLE) < 200
