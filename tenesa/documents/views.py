"""Pages of the register and the glossary; everybody who works here may read them."""

from __future__ import annotations

from collections import Counter

from django.contrib.auth.decorators import login_required
from django.db.models import Q
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_GET

from tenesa.documents.control import controls
from tenesa.documents.coverage import anchor, coverage, named
from tenesa.documents.models import Document, Term

HOW = {"step": _("by steps"), "other": _("otherwise"), "shown": _("shown only"), "open": _("not yet")}


@login_required
@require_GET
def register(request: HttpRequest) -> HttpResponse:
    documents = list(Document.objects.prefetch_related("revisions"))
    supplied = [one for one in documents if one.supplied]
    context = {
        "supplied": supplied,
        "cited": [one for one in documents if not one.supplied],
        "edits": controls(request.user),
    }
    return render(request, "documents/register.html", context)


@login_required
@require_GET
def document(request: HttpRequest, code: str) -> HttpResponse:
    """A document: its revisions, and for each clause the steps that fulfil it."""
    shown = get_object_or_404(Document.objects.prefetch_related("revisions"), code=code)
    covered = coverage(shown, shown.clauses.all())
    counted = Counter(one.how for one in covered)
    summary = [(how, label, counted[how]) for how, label in HOW.items() if counted[how]]
    context = {"document": shown, "covered": covered, "summary": summary, "edits": controls(request.user)}
    return render(request, "documents/document.html", context)


@login_required
@require_GET
def clause(request: HttpRequest) -> HttpResponse:
    """Where a clause stands that a step, a button or a report names ("W-05 1.2.5, 1.2.6")."""
    keys = named(request.GET.get("of", ""))
    found = Document.objects.filter(short=keys[0][0]).first() if keys else None
    if found is None:
        raise Http404
    return redirect(f"{reverse('documents:document', args=[found.code])}#{anchor(keys[0][1])}")


@login_required
@require_GET
def glossary(request: HttpRequest) -> HttpResponse:
    words = request.GET.get("q", "").strip()[:80]
    terms = Term.objects.all()
    if words:
        terms = terms.filter(Q(word__icontains=words) | Q(long__icontains=words) | Q(meaning__icontains=words))
    return render(request, "documents/glossary.html", {"terms": terms, "words": words})
