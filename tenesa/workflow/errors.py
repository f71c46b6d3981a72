"""Why a step was not taken. In every case nothing was written, sent or called."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from django.core.exceptions import NON_FIELD_ERRORS
from django.utils.translation import gettext as _


class Refusal(Exception):
    """Base of all refusals; `status` is the HTTP status that page and REST answer with."""

    status = 400
    code = "refused"

    @property
    def words(self) -> str:
        """For people, who know fields by their labels."""
        return str(self)


class UnknownStep(Refusal):
    """The procedure has no such step, or the case is not visible to the actor."""

    status = 404
    code = "unknown_step"


class NotYourStep(Refusal):
    """The actor's roles do not include one that the step names."""

    status = 403
    code = "not_your_step"


class NotNow(Refusal):
    """The case is in another state, or a guard refuses; `reasons` says it in the reader's words."""

    status = 409
    code = "not_now"

    def __init__(self, reasons: Sequence[str]) -> None:
        super().__init__(" ".join(reasons))
        self.reasons = list(reasons)


class InvalidInput(Refusal):
    """The step's form refuses its inputs; `errors` maps a field to its messages, NON_FIELD_ERRORS those of several."""

    status = 422
    code = "invalid_input"

    def __init__(self, errors: Mapping[str, Sequence[str]]) -> None:
        words = {name: " ".join(texts) for name, texts in errors.items()}
        super().__init__(
            "; ".join(text if name == NON_FIELD_ERRORS else f"{name}: {text}" for name, text in words.items())
        )
        self.errors = {name: list(texts) for name, texts in errors.items()}

    @property
    def words(self) -> str:
        return " ".join(text for texts in self.errors.values() for text in texts)


class KeyReused(Refusal):
    """A request with this key was done before, and it was another one: other step, other person or other inputs."""

    status = 422
    code = "key_reused"

    def __init__(self) -> None:
        super().__init__(
            _(
                "This was sent before with other contents, and that was done. What differs was not done: "
                "look at what came of it, and send it anew if it is still wanted."
            )
        )
