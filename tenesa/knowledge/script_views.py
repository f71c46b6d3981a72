"""Pages of the scripts: reading and confirming, drafts with their difference, approval, and who has read."""

from __future__ import annotations

from datetime import datetime, timedelta
from itertools import groupby
from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core import signing
from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.db.models import Count, OuterRef, Q, QuerySet, Subquery
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from tenesa.accounts.models import User
from tenesa.accounts.roles import Role
from tenesa.knowledge import differences, drafts, scripts
from tenesa.knowledge.models import Reading, Script, Version
from tenesa.knowledge.script_forms import DecisionForm, DraftForm, ReadersForm
from tenesa.knowledge.services import html_of
from tenesa.redis_link import FAILURES, asking
from tenesa.ui.views import current_user
from tenesa.workflow.errors import NotNow, NotYourStep

LONGEST_OPEN = timedelta(hours=12)


@login_required
@require_GET
def shelf(request: HttpRequest) -> HttpResponse:
    """Every script by its folder; what waits for this person stands first."""
    user = current_user(request)
    waits = Count("article__versions", filter=Q(article__versions__four_eyes=True, article__versions__draft=True,
                  article__versions__closed_at=None))  # fmt: skip
    listed = Script.objects.select_related("article__published").annotate(waits=waits).order_by("path")
    mine = {script.pk for script in scripts.to_read(user)}
    now = timezone.now()
    rows = [_row(script, mine, now) for script in (listed if _keeps(user) else listed.exclude(article__published=None))]
    context = {
        "groups": [(folder, list(some)) for folder, some in groupby(rows, key=lambda row: row["folder"])],
        "to_read": [row for row in rows if row["mine"]],
        "to_approve": scripts.to_approve(user).select_related("article__script", "by").order_by("at"),
        "keeps": _keeps(user),
    }
    return render(request, "knowledge/scripts.html", context)


def _row(script: Any, mine: set[int], now: datetime) -> dict[str, Any]:
    folder, _slash, name = script.path.removeprefix(f"{scripts.TOP}/").rpartition("/")
    read = scripts.read_of(script, now) if script.article.published else None
    return {"script": script, "folder": folder, "name": name, "read": read, "mine": script.pk in mine}


@login_required
@require_GET
def script(request: HttpRequest, slug: str) -> HttpResponse:
    """One script to be read aloud, with the age of the copy, its versions and who decided on them."""
    user, shown = current_user(request), _script(request, slug)
    version = shown.article.published
    must = version is not None and scripts.must_acknowledge(user, version)
    context = {
        "script": shown,
        "read": scripts.read_of(shown) if version else None,
        "must": must,
        "mine": Reading.objects.filter(user=user, version=version).first() if version else None,
        "opened": _opened_now(version, user) if version else "",
        "waiting": _waiting(shown, user),
        "versions": shown.article.versions.filter(draft=False).select_related("by", "approved_by"),
        "keeps": _keeps(user),
        "leads": user.has_role(*scripts.LEADERS),
    }
    return render(request, "knowledge/script.html", context)


@login_required
@require_POST
def confirm(request: HttpRequest, slug: str) -> HttpResponse:
    """“I have read it”: of the version that was shown, with the moment at which it was shown."""
    user, shown = current_user(request), _script(request, slug)
    try:
        pk, opened = signing.loads(request.POST.get("opened", ""), salt=_salt(user), max_age=LONGEST_OPEN)
        version = shown.article.versions.get(pk=pk, draft=False)
    except (signing.BadSignature, Version.DoesNotExist):
        messages.warning(request, _("This page lay open too long; read the script once more."))
        return redirect(shown.article)
    scripts.acknowledge(user, version, datetime.fromisoformat(opened))
    if scripts.must_acknowledge(user, shown.article.published or version):
        messages.warning(request, _("The script was changed meanwhile; this is the new text."))
    else:
        messages.success(request, _("Kept that you read version %(number)d.") % {"number": version.number})
    return redirect(shown.article)


@login_required
@require_http_methods(["GET", "POST"])
def new(request: HttpRequest) -> HttpResponse:
    user = _keeper(request)
    form = DraftForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        given = dict(form.cleaned_data)
        with transaction.atomic():
            made = drafts.new_script(given.pop("path"), readers=given.pop("readers"))
            version = drafts.draft(made.article, by=user, **given)
        return _to_version(request, version)
    return render(request, "knowledge/script_draft.html", {"form": form}, status=422 if form.errors else 200)


@login_required
@require_http_methods(["GET", "POST"])
def write(request: HttpRequest, slug: str) -> HttpResponse:
    """A draft of one's own: from the draft named by `from`, from one's own that waits, else from what is published."""
    user, shown = _keeper(request), _script(request, slug)
    base = _base(request, shown, user)
    initial: dict[str, Any] = {"title": base.title, "body": base.body} if base else {}
    if base is not None and base.waits and base.by_id == user.pk:
        initial |= {"note": base.note, "material": base.material}
    form = DraftForm(request.POST or None, script=shown, initial=initial)
    if request.method == "POST" and form.is_valid():
        return _to_version(request, drafts.draft(shown.article, by=user, **form.cleaned_data))
    context = {"form": form, "script": shown, "base": base}
    return render(request, "knowledge/script_draft.html", context, status=422 if form.errors else 200)


def _base(request: HttpRequest, shown: Script, user: User) -> Version | None:
    number = request.GET.get("from", "")
    if number.isdecimal() and len(number) < 9:
        return get_object_or_404(shown.article.versions, number=number)
    waiting = scripts.waiting_drafts().filter(article=shown.article, by=user).first()
    return waiting or shown.article.published


def _to_version(request: HttpRequest, version: Version) -> HttpResponse:
    messages.success(request, _("Draft %(number)d is kept and waits for another person.") % {"number": version.number})
    return redirect("knowledge:script-version", version.article.slug, version.number)


@login_required
@require_GET
def version(request: HttpRequest, slug: str, number: int) -> HttpResponse:
    """A version with what it changes, and where it waits the decision on it."""
    return _version_page(request, _version(request, slug, number))


def _version_page(request: HttpRequest, shown: Version, status: int = 200, **more: Any) -> HttpResponse:
    user = current_user(request)
    before = _before(shown)
    may = shown.waits and (user.has_role(*scripts.LEADERS) or shown.by_id == user.pk)
    context = {
        "version": shown,
        "before": before,
        "lines": differences.between(before.body if before else "", shown.body),
        "html": html_of(shown.body),
        "form": DecisionForm(user=user, initial={"material": shown.material}) if may else None,
        "approves": may and shown.by_id != user.pk,
        "keeps": _keeps(user),
        **more,
    }
    return render(request, "knowledge/script_version.html", context, status=status)


def _before(shown: Version) -> Version | None:
    """What a version is compared with: a draft with what people read now, another with the one before it."""
    if shown.draft:
        return shown.article.published
    return shown.article.versions.filter(draft=False, number__lt=shown.number).first()


@login_required
@require_POST
def decide(request: HttpRequest, slug: str, number: int) -> HttpResponse:
    user, shown = _keeper(request), _version(request, slug, number)
    form = DecisionForm(request.POST, user=user)
    if not form.is_valid():
        return _version_page(request, shown, 422, **({"form": form} if shown.waits else {}))
    given = form.cleaned_data
    try:
        if given["decision"] == "approve":
            drafts.approve(shown, user, material=given.get("material", False))
            messages.success(request, _("Version %(number)d is published.") % {"number": shown.number})
        else:
            drafts.turn_back(shown, user, given["reason"])
            messages.success(request, _("Draft %(number)d was sent back.") % {"number": shown.number})
    except NotYourStep as refusal:
        raise PermissionDenied(str(refusal)) from refusal
    except NotNow as refusal:
        shown.refresh_from_db()
        return _version_page(request, shown, 409, reasons=refusal.reasons)
    return redirect(shown.article)


@login_required
@require_http_methods(["GET", "POST"])
def readers(request: HttpRequest, slug: str) -> HttpResponse:
    """For leaders: who of their desks has read the script's last material change, and who has not yet."""
    user, shown = current_user(request), _script(request, slug)
    if not user.has_role(*scripts.LEADERS):
        raise PermissionDenied(_("Who has read is shown to leaders."))
    form = ReadersForm(request.POST or None, initial={"readers": shown.readers})
    if request.method == "POST" and form.is_valid():
        Script.objects.filter(pk=shown.pk).update(readers=form.cleaned_data["readers"])
        messages.success(request, _("Kept who reads this script aloud."))
        return redirect("knowledge:script-readers", slug)
    theirs = Q(memberships__team__desk__in={desk for _role, desk, _area in user.places})
    missing = scripts.not_yet_read(shown.article).filter(theirs).distinct()
    away = set(missing.values_list("pk", flat=True))
    newest = _newest_reading(shown)
    people = scripts.readers_of(shown).filter(theirs).distinct().annotate(**newest)
    rows = sorted(people, key=lambda person: person.pk not in away)
    context = {
        "script": shown,
        "rows": [(person, person.pk in away) for person in rows],
        "missing": len(away),
        "form": form,
        "roles": [Role(name).label for name in shown.readers if name in Role.values],
    }
    return render(request, "knowledge/script_readers.html", context, status=422 if form.errors else 200)


def _newest_reading(shown: Script) -> dict[str, Subquery]:
    """Number and times of each person's newest reading of a script."""
    theirs = Reading.objects.filter(user=OuterRef("pk"), version__article=shown.pk).order_by("-version__number")
    return {
        "read_number": Subquery(theirs.values("version__number")[:1]),
        "opened_at": Subquery(theirs.values("opened_at")[:1]),
        "confirmed_at": Subquery(theirs.values("confirmed_at")[:1]),
    }


@login_required
@require_POST
def compare(request: HttpRequest) -> HttpResponse:
    """A keeper does not wait for the next round: My Kiss is compared by a worker now."""
    from tenesa.knowledge.tasks import sync_mykiss

    _keeper(request)
    try:
        with asking():
            sync_mykiss.apply_async(retry=False, expires=60)
        messages.success(request, _("My Kiss is being compared; look again in a moment."))
    except FAILURES:
        messages.error(request, _("Nobody could be woken for it; My Kiss is compared by itself later."))
    return redirect("knowledge:scripts")


def _keeps(user: User) -> bool:
    return user.has_role(*scripts.KEEPERS)


def _keeper(request: HttpRequest) -> User:
    user = current_user(request)
    if not _keeps(user):
        raise PermissionDenied(_("Scripts are written by leaders and by document control."))
    return user


def _script(request: HttpRequest, slug: str) -> Script:
    """A script that this person may see: one without a published text exists for its keepers only."""
    known: QuerySet[Script] = Script.objects.select_related("article__published__by", "article__published__approved_by")
    if not _keeps(current_user(request)):
        known = known.filter(article__published__isnull=False)
    return get_object_or_404(known, article__slug=slug)


def _version(request: HttpRequest, slug: str, number: int) -> Version:
    """Drafts exist for keepers only."""
    shown = _script(request, slug)
    versions = shown.article.versions.select_related(
        "article__published", "article__script", "by", "approved_by", "closed_by"
    )
    if not _keeps(current_user(request)):
        versions = versions.filter(draft=False)
    return get_object_or_404(versions, number=number)


def _waiting(shown: Script, user: User) -> QuerySet[Version]:
    waiting = scripts.waiting_drafts().filter(article=shown.article).select_related("by").order_by("number")
    return waiting if _keeps(user) else waiting.none()


def _opened_now(version: Version, user: User) -> str:
    """What the page says of itself: this version was shown to this person now."""
    return signing.dumps([version.pk, timezone.now().isoformat()], salt=_salt(user))


def _salt(user: User) -> str:
    return f"script-opened:{user.pk}"
