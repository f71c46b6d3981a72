"""A script of the 147 desk and the people around it: sari reads it aloud, bowo and hendra lead, wayan writes."""

from __future__ import annotations

import pytest

from tenesa.accounts.models import User
from tenesa.accounts.roles import Role
from tenesa.knowledge import drafts
from tenesa.knowledge.models import Script, Version
from tests import factories

PATH = "Knowledge/Script Handling 147/Uji Coba"
FIRST = "Baris satu.\n\n> Selamat pagi, Bapak/Ibu.\n\nBaris tiga."


@pytest.fixture
def sari(db: None) -> User:
    return factories.person("sari", Role.AGENT_147)


@pytest.fixture
def wayan(db: None) -> User:
    return factories.person("wayan", Role.DOC_CONTROL)


@pytest.fixture
def script(wayan: User, bowo: User) -> Script:
    """Published as version 1, which nobody has to confirm."""
    made = drafts.new_script(PATH, readers=["agent_147", "agent_tier2"])
    first = drafts.draft(made.article, "Uji coba", FIRST, by=wayan, note="pertama")
    drafts.approve(first, bowo, material=False)
    return Script.objects.select_related("article__published").get(pk=made.pk)


def changed(script: Script, by: User | None, body: str = FIRST + "\n\nBaris empat.", note: str = "tambah") -> Version:
    """A draft of the next text."""
    return drafts.draft(script.article, "Uji coba", body, by=by, note=note)
