"""Pages of the lists that are no page of an entry: proposing, importing a file, and its report."""

from __future__ import annotations

import uuid
from io import BytesIO

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.paginator import Paginator
from django.db.models import Count, Q
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_GET, require_http_methods
from xlsxwriter import Workbook

from segmentation.lists import ListEntry
from segmentation.special_list import importing, services
from segmentation.special_list.batches import ListImport
from segmentation.special_list.columns import leads
from segmentation.special_list.forms import ImportForm, ProposeForm
from segmentation.special_list.states import BY_PEOPLE
from tenesa.accounts.models import User
from tenesa.ui.views import current_user, lead
from tenesa.workflow.errors import InvalidInput, KeyReused, NotNow

ROWS = 100
IMPORTS = 20
SHEET = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


@login_required
@require_http_methods(["GET", "POST"])
def propose(request: HttpRequest) -> HttpResponse:
    """By form; the customer may be given by the address (`?customer=`)."""
    user = current_user(request)
    if not services.may_propose(user):
        raise Http404
    blank = ListEntry()
    if request.method == "GET":
        initial = {"customer": request.GET.get("customer", "")}
        return _propose_page(request, ProposeForm(case=blank, actor=user, initial=initial))
    form = ProposeForm(request.POST, case=blank, actor=user)
    try:
        made, _new = services.propose(user, request.POST, key=request.POST.get("key"))
    except InvalidInput as refusal:
        form.say(refusal.errors)
        return _propose_page(request, form, status=422)
    except (KeyReused, NotNow) as refusal:
        form.say({})
        return _propose_page(request, form, status=refusal.status, refusal=str(refusal))
    messages.success(request, _("%(number)s waits for the approval of another person.") % {"number": made.number})
    return redirect(made)


def _propose_page(request: HttpRequest, form: ProposeForm, *, status: int = 200, refusal: str = "") -> HttpResponse:
    context = {"form": form, "refusal": refusal, "key": uuid.uuid4().hex}
    return render(request, "segmentation/list_propose.html", context, status=status)


# --- import ----------------------------------------------------------------------------------------------------------
def _leader(request: HttpRequest) -> User:
    user = current_user(request)
    if not leads(user):
        raise Http404
    return user


@login_required
@require_http_methods(["GET", "POST"])
def imports(request: HttpRequest) -> HttpResponse:
    """The newest files and what came of them; POST hands one in, and leads to its report."""
    user, refusal, same = _leader(request), "", None
    form = ImportForm(request.POST, request.FILES) if request.method == "POST" else ImportForm()
    if form.is_valid():
        file = form.cleaned_data["file"]
        try:
            return lead(request, importing.hand_in(user, file.name or "", file.read()).get_absolute_url())
        except importing.SameFile as told:
            refusal, same = str(told), told.batch
        except InvalidInput as told:
            form.add_error("file", told.errors["file"])
    newest = ListImport.objects.defer("content").select_related("by").order_by("-at", "-pk").annotate(**_COUNTS)
    context = {"imports": newest[:IMPORTS], "refusal": refusal, "same": same, "required": importing.REQUIRED}
    status = 409 if same else 422 if form.errors else 200
    return render(request, "segmentation/list_imports.html", {"form": form, **context}, status=status)


_COUNTS = {
    "proposed": Count("rows", filter=Q(rows__entry__isnull=False)),
    "refused": Count("rows", filter=Q(rows__entry__isnull=True, rows__id__isnull=False)),
    "waiting": Count("rows", filter=Q(rows__entry__state="PROPOSED")),
}


@login_required
@require_http_methods(["GET", "POST"])
def report(request: HttpRequest, pk: int) -> HttpResponse:
    """Row by row; POST approves what waits of it, entry by entry. `only=refused` leaves out what became a proposal."""
    user = _leader(request)
    batch = get_object_or_404(ListImport.objects.defer("content").select_related("by").annotate(**_COUNTS), pk=pk)
    if request.method == "POST":
        _approve(request, user, batch)
        return redirect(batch)
    only = request.GET.get("only") == "refused"
    rows = batch.rows.select_related("entry", "entry__customer")
    shown = Paginator(rows.filter(entry=None) if only else rows, ROWS).get_page(request.GET.get("page"))
    part = request.GET.get("part") == "report"
    template = "segmentation/_list_import.html" if part else "segmentation/list_import.html"
    return render(request, template, {"batch": batch, "rows": shown, "only": only, "own": batch.by_id == user.pk})


def _approve(request: HttpRequest, user: User, batch: ListImport) -> None:
    done, refused = importing.approve_all(user, batch)
    if done:
        words = ngettext("%(n)d entry is in force.", "%(n)d entries are in force.", done) % {"n": done}
        messages.success(request, words)
    if refused:
        messages.warning(request, " ".join(refused[:3]))


@login_required
@require_GET
def template(request: HttpRequest) -> HttpResponse:
    """An empty workbook with the columns, and the words of the criteria beside them."""
    _leader(request)
    file = BytesIO()
    book = Workbook(file, {"in_memory": True})
    sheet, words = book.add_worksheet("Daftar"), book.add_worksheet("Kriteria")
    for column, head in enumerate(importing.HEADS):
        sheet.write_string(0, column, head)
    for line, one in enumerate(BY_PEOPLE):
        words.write_string(line, 0, str(one.label))
    book.close()
    answer = HttpResponse(file.getvalue(), content_type=SHEET)
    answer["Content-Disposition"] = 'attachment; filename="daftar-khusus-vvip.xlsx"'
    return answer
