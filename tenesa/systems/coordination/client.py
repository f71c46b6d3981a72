"""The cross-unit coordination group (W-05 1.2.3, 1.2.4)."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from tenesa.systems.coordination.values import GroupReply, Posted
from tenesa.systems.http import SystemClient
from tenesa.systems.readings import Fields


class CoordinationClient(SystemClient):
    system = "coordination"
    label = _("Coordination group")

    def post(self, group: str, text: str, case: str, *, key: str) -> Posted:
        """S-18: post a message; the reference is kept as proof. Refused NOT_FOUND; RATE_LIMIT is tried again."""

        def read(data: Fields) -> Posted:
            data.same("group", group)
            return Posted.read(data)

        return self._write("post", read, key=key, body={"group": group, "text": text, "case": case})

    def replies(self, message: str) -> tuple[GroupReply, ...]:
        """S-18: what the group answered to a message, oldest first. Refused NOT_FOUND."""

        def read(data: Fields) -> tuple[GroupReply, ...]:
            data.same("message", message)
            return data.many("replies", GroupReply.read)

        return self._read("replies", read, message=message)
