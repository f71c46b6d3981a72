"""Drafts of scripts: written by one person, published by another (four eyes), or sent back with a reason (X-14)."""

from __future__ import annotations

from functools import partial

from django.db import transaction
from django.db.models import QuerySet
from django.utils import timezone
from django.utils.text import slugify
from django.utils.translation import gettext as _

from tenesa.accounts.models import User
from tenesa.knowledge import services, threats
from tenesa.knowledge.models import Article, Script, Version
from tenesa.knowledge.scripts import LEADERS, TOP
from tenesa.ui.live import tell
from tenesa.workflow.errors import NotNow, NotYourStep

LONGEST_SLUG = 80


@transaction.atomic
def new_script(path: str, *, readers: list[str], mirrored: bool = False) -> Script:
    """A script without a text, at a path of `scripts.canonical`; the first text comes as a draft."""
    folder, _slash, name = path.removeprefix(f"{TOP}/").rpartition("/")
    article = Article.objects.create(slug=_free_slug(name), kind=Article.Kind.SCRIPT, path=folder[:160])
    return Script.objects.create(article=article, path=path, readers=readers, mirrored=mirrored)


def _free_slug(name: str) -> str:
    base = slugify(name)[: LONGEST_SLUG - 4] or "skrip"
    taken = set(Article.objects.filter(slug__startswith=base).values_list("slug", flat=True))
    taken |= {"scripts", "snippets", "new", "compare"}  # pages of the shelf and of the scripts
    return next(slug for slug in (base, *(f"{base}-{n}" for n in range(2, 999))) if slug not in taken)


@transaction.atomic
def draft(
    article: Article,
    title: str,
    body: str,
    *,
    by: User | None,
    note: str = "",
    material: bool = True,
    source_version: str = "",
) -> Version:
    """Write a draft; the author's draft that still waits is replaced by it. `by` is None for a text of My Kiss, which
    is kept as it came and judged when somebody approves it. NotNow where a person writes a threat (8.1)."""
    _locked(article)
    if by is not None:
        _refuse_threats(article, f"{title}\n{body}")
    _close(_waiting(article).filter(by=by), by, _("Replaced by a later draft."))
    version = services.write(
        article,
        title,
        body,
        by=by,
        draft=True,
        note=note,
        material=material,
        four_eyes=True,
        source_version=source_version,
    )
    _told()
    return version


@transaction.atomic
def approve(version: Version, by: User, *, material: bool) -> Version:
    """Publish a draft as another person than its author; drafts that are older than it are closed.

    Raises NotYourStep without the role, NotNow where it waits no more, is one's own, or is older
    than what is published.
    """
    if not by.has_role(*LEADERS):
        raise NotYourStep(_("A draft is approved by a leader."))
    article = _locked(version.article)
    version = _still_waiting(version)
    _refuse_threats(article, f"{version.title}\n{version.body}")
    if version.by_id == by.pk:
        raise NotNow([_("You wrote this draft yourself; another person approves it.")])
    if article.published is not None and version.number < article.published.number:
        raise NotNow([_("A later version is published; write the change into that one.")])
    Version.objects.filter(pk=version.pk).update(
        draft=False, material=material, approved_by=by, approved_at=timezone.now()
    )
    services.publish(version)
    Script.objects.filter(article=article).update(matches=version.source_version)
    older = _waiting(article).filter(number__lt=version.number)
    _close(older, by, _("Replaced by version %(number)d.") % {"number": version.number})
    _told()
    version.refresh_from_db()
    return version


@transaction.atomic
def turn_back(version: Version, by: User, reason: str) -> None:
    """Close a draft with a reason: a leader that of another person, an author their own. As `approve`."""
    if not by.has_role(*LEADERS) and version.by_id != by.pk:
        raise NotYourStep(_("A draft is turned back by a leader, or taken back by its author."))
    _locked(version.article)
    _close(Version.objects.filter(pk=_still_waiting(version).pk), by, reason)
    _told()


def _locked(article: Article) -> Article:
    return Article.objects.select_for_update(of=("self",)).select_related("published").get(pk=article.pk)


def _refuse_threats(article: Article, text: str) -> None:
    readers = Script.objects.filter(article=article).values_list("readers", flat=True).first() or []
    if words := threats.refused_for(text, readers):
        raise NotNow([words])


def _still_waiting(version: Version) -> Version:
    now: Version = Version.objects.get(pk=version.pk)
    if not now.waits:
        raise NotNow([_("This draft was decided already.")])
    return now


def _waiting(article: Article) -> QuerySet[Version]:
    return Version.objects.filter(article=article, four_eyes=True, draft=True, closed_at=None)


def _close(drafts: QuerySet[Version], by: User | None, note: str) -> None:
    drafts.update(closed_at=timezone.now(), closed_by=by, closed_note=note)


def _told() -> None:
    """Menus count anew."""
    transaction.on_commit(partial(tell, "board"))
