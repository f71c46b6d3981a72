"""Writing a version, finding articles, rendering them, and what to offer beside a product."""

from __future__ import annotations

from collections.abc import Iterable
from functools import cache, partial
from typing import Any

import nh3
from django.contrib.postgres.search import SearchQuery, SearchRank, TrigramWordSimilarity
from django.db import transaction
from django.db.models import Case, F, Max, Q, QuerySet, When
from django.utils.safestring import SafeString, mark_safe
from markdown_it import MarkdownIt

from tenesa.accounts.models import User
from tenesa.knowledge.models import LANGUAGE, Article, Product, Version
from tenesa.workflow.at_once import rows_of

FOUND, BESIDE, TYPOS = 30, 5, 0.45
_TAGS = {
    *("p", "br", "strong", "em", "ul", "ol", "li", "h2", "h3", "h4", "blockquote", "code", "pre", "hr", "a"),
    *("table", "thead", "tbody", "tr", "th", "td"),
}


@transaction.atomic
def write(article: Article, title: str, body: str, *, by: User | None, draft: bool = False, **columns: Any) -> Version:
    """A new version; unless it is a draft it is what people read from now on. `columns` are others of `Version`."""
    Article.objects.select_for_update().get(pk=article.pk)
    newest = article.versions.aggregate(newest=Max("number"))["newest"] or 0
    version = Version.objects.create(
        article=article, number=newest + 1, title=title, body=body, by=by, draft=draft, **columns
    )
    if not draft:
        publish(version)
    return version


def publish(version: Version) -> None:
    """Make it what people read; the database refuses a script's version that nobody approved."""
    Version.objects.filter(pk=version.pk, draft=True).update(draft=False)
    Article.objects.filter(pk=version.article_id).update(published=version)


def readable() -> QuerySet[Article]:
    return Article.objects.filter(published__isnull=False).select_related("published")


def search(words: str) -> list[Article]:
    """By Indonesian word stems: all of the words, else any of them; else titles that are spelled alike. Best first."""
    words = words.replace("\0", "").strip()
    for wanted in dict.fromkeys((words, " or ".join(words.split()))):
        query = SearchQuery(wanted, config=LANGUAGE, search_type="websearch")
        ranked = readable().filter(published__words=query).annotate(rank=SearchRank(F("published__words"), query))
        hits: list[Article] = list(ranked.order_by("-rank", "slug")[:FOUND])
        if hits:
            return hits
    alike = TrigramWordSimilarity(words, "published__title")
    return list(readable().annotate(alike=alike).filter(alike__gte=TYPOS).order_by("-alike", "slug")[:FOUND])


def articles_for(products: Iterable[str], symptom: str, segment: str) -> list[Article]:
    """What helps with a case: the more of product, symptom and segment an article names, the earlier."""
    wanted = tuple(sorted(products))
    if not wanted and not symptom:
        return []
    write = partial(_articles_for, list(wanted), symptom, segment)
    return rows_of([((articles_for, wanted, symptom, segment), write)])[0]


def _articles_for(wanted: list[str], symptom: str, segment: str) -> QuerySet[Article]:
    by_product = Q(products__overlap=wanted) if wanted else Q(pk__in=[])
    by_symptom = Q(symptoms__contains=[symptom]) if symptom else Q(pk__in=[])
    fits = readable().filter(by_product | by_symptom)
    if segment:
        fits = fits.filter(Q(segments=[]) | Q(segments__contains=[segment]))
    fits = fits.annotate(score=Case(When(by_symptom, then=2), default=0) + Case(When(by_product, then=1), default=0))
    return fits.order_by("-score", "path", "slug")[:BESIDE]


def offered() -> QuerySet[Product]:
    return Product.objects.filter(active=True)


def offers(service: str, family: str) -> list[Product]:
    """The products to name beside this one: those related to it, else others of its family (P-05 5.5)."""
    active = offered()
    named = next((one for one in active.filter(family=family) if one.name.casefold() in service.casefold()), None)
    if named is not None:
        return list(named.related.filter(active=True))
    return list(active.filter(family=family)) if family else list(active)


@cache
def _markdown() -> MarkdownIt:
    return MarkdownIt("commonmark", {"html": False}).enable("table")


def html_of(body: str) -> SafeString:
    """Markdown as HTML: raw HTML is only shown, and what is left is cleaned once more."""
    drawn = _markdown().render(body)
    clean = nh3.clean(drawn, tags=_TAGS, attributes={"a": {"href"}}, url_schemes={"http", "https", "mailto", "tel"})
    return mark_safe(clean)  # noqa: S308 - cleaned in the line above
