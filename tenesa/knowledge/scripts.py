"""TEMPORARY until the branch `systems` is merged."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.utils import timezone

from tenesa.knowledge.models import Article, Version
from tenesa.knowledge.services import html_of


@dataclass(frozen=True)
class ScriptRead:
    version: Version
    title: str
    html: Any
    read_at: datetime
    stale: bool = False


def current(path: str) -> ScriptRead | None:
    path = path.removeprefix("Knowledge/")
    folder = path.rpartition("/")[0]
    article = Article.objects.filter(kind=Article.Kind.SCRIPT, published__isnull=False, path__in=[path, folder]).first()
    if article is None or article.published is None:
        return None
    return ScriptRead(article.published, article.published.title, html_of(article.published.body), timezone.now())


def must_acknowledge(user: Any, version: Version) -> bool:
    return False
