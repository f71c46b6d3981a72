"""Steps that every desk wants alike; a procedure names clause, roles and states, and gets page, REST and history."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from typing import Any

from django.utils.translation import gettext_lazy as _

from tenesa.accounts.roles import Role
from tenesa.workflow.step import step
from tenesa.workspace.mail_steps import ResendForm, a_mail_failed, send_again
from tenesa.workspace.notes import NoteForm, keep_note
from tenesa.workspace.take_back import can_be_taken_back, cancel_held

Body = Callable[..., Any]


def note_step(*, clause: str, roles: Iterable[Role], source: Sequence[str], **more: Any) -> Body:
    """An internal note."""

    @step(
        clause=clause,
        label=_("Note"),
        roles=roles,
        source=source,
        target=None,
        form=NoteForm,
        effects=[keep_note],
        **more,
    )
    def note(self: Any) -> None: ...

    return note


def take_back_step(*, clause: str, roles: Iterable[Role], source: Sequence[str], **more: Any) -> Body:
    """The last mail of the person never leaves, while it is still held."""

    @step(
        clause=clause,
        label=_("Take the mail back"),
        roles=roles,
        source=source,
        target=None,
        guards=[can_be_taken_back],
        effects=[cancel_held],
        **more,
    )
    def take_back(self: Any) -> None: ...

    return take_back


def resend_step(*, clause: str, roles: Iterable[Role], source: Sequence[str], **more: Any) -> Body:
    """A mail that did not arrive is sent again."""

    @step(
        clause=clause,
        label=_("Send the mail again"),
        roles=roles,
        source=source,
        target=None,
        form=ResendForm,
        guards=[a_mail_failed],
        effects=[send_again],
        **more,
    )
    def resend(self: Any) -> None: ...

    return resend
