"""Requests that may come twice: known by their key, the same only with the same step, actor and inputs (ADR-0025)."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from django.core.files.uploadedfile import UploadedFile
from django.db.models import Model

from tenesa.accounts.models import Actor
from tenesa.workflow.errors import KeyReused
from tenesa.workflow.step import Step


@dataclass(frozen=True)
class Request:
    """SHA-256 in hex of a client's or form's own key, and of who wants which step with which inputs."""

    key: str
    fingerprint: str

    @classmethod
    def of(
        cls, key: str, step: Step, actor: Actor, data: Mapping[str, Any], files: Mapping[str, Any] | None = None
    ) -> Request:
        content = [step.name, actor.pk, _inputs(step, data, files or {})]
        return cls(hashed(key), hashed(json.dumps(content, sort_keys=True, default=_plain)))

    def same_as(self, fingerprint: str) -> None:
        """Raise KeyReused unless the request that came with this key first has the same fingerprint."""
        if fingerprint != self.fingerprint:
            raise KeyReused


def hashed(text: str) -> str:
    return hashlib.sha256(text.encode(errors="surrogatepass")).hexdigest()


def _inputs(step: Step, data: Mapping[str, Any], files: Mapping[str, Any]) -> dict[str, Any]:
    """What the step's form would read: neither a page's own fields nor the form of the body make a difference."""
    fields = step.form.base_fields if step.form else {}
    return {name: field.widget.value_from_datadict(data, files, name) for name, field in fields.items()}


def _plain(value: Any) -> Any:
    if isinstance(value, UploadedFile):
        digest = hashlib.sha256()
        for chunk in value.chunks():
            digest.update(chunk)
        value.seek(0)
        return [value.name, digest.hexdigest()]
    return value.pk if isinstance(value, Model) else str(value)
