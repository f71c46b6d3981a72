"""My Kiss: the tree of scripts and their texts (W-26 5.2.5, 5.3.3)."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from tenesa.systems.http import SystemClient
from tenesa.systems.mykiss.values import Entry, Script
from tenesa.systems.readings import Fields


class MyKissClient(SystemClient):
    system = "mykiss"
    label = _("My Kiss")

    def tree(self, path: str = "") -> tuple[Entry, ...]:
        """S-19: the published scripts at and below a path, all where it is "", in their order."""

        def read(data: Fields) -> tuple[Entry, ...]:
            return data.many("scripts", Entry.read)

        return self._read("tree", read, path=path)

    def script(self, path: str) -> Script:
        """S-19: a script's text. Refused NOT_FOUND where nothing is published at the path."""

        def read(data: Fields) -> Script:
            data.same("path", path)
            return Script.read(data)

        return self._read("script", read, path=path)
