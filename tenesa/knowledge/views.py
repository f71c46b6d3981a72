"""Reading and searching what is known."""

from __future__ import annotations

from itertools import groupby

from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_GET

from tenesa.knowledge import scripts, services
from tenesa.knowledge.models import Article, Product
from tenesa.ui.views import current_user


@login_required
@require_GET
def shelf(request: HttpRequest) -> HttpResponse:
    """All articles by path, or those that the words find."""
    words = request.GET.get("q", "").strip()[:120]
    if words:
        groups = [("", services.search(words))]
    else:
        articles = services.readable().order_by("path", "slug")
        groups = [(path, list(some)) for path, some in groupby(articles, key=lambda article: article.path)]
    products = Product.objects.filter(active=True).prefetch_related("related") if not words else []
    user = current_user(request)
    waits = scripts.to_read(user).count() + scripts.to_approve(user).count()
    context = {"groups": groups, "words": words, "products": products, "waits": waits}
    return render(request, "knowledge/shelf.html", context)


@login_required
@require_GET
def article(request: HttpRequest, slug: str) -> HttpResponse:
    shown = get_object_or_404(services.readable(), slug=slug)
    if shown.kind == Article.Kind.SCRIPT:
        return redirect(shown)
    versions = shown.versions.filter(draft=False).select_related("by")
    text = services.html_of(shown.published.body) if shown.published else ""
    return render(request, "knowledge/article.html", {"article": shown, "text": text, "versions": versions})
