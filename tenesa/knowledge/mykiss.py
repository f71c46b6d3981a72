"""The local copy of My Kiss: compared with it again and again; what is new there becomes a draft here (S-19, X-14)."""

from __future__ import annotations

import logging
from collections.abc import Collection

from django.db import connection, transaction
from django.db.models import QuerySet
from django.utils import timezone
from django.utils.translation import gettext as _

from tenesa.knowledge import drafts
from tenesa.knowledge.models import Script
from tenesa.knowledge.scripts import canonical
from tenesa.systems import clients, outbox
from tenesa.systems.errors import Refused, SystemError_
from tenesa.systems.http import Origin
from tenesa.systems.mykiss.values import Entry
from tenesa.systems.mykiss.values import Script as Text

logger = logging.getLogger(__name__)
SYSTEM, ORIGIN = "mykiss", Origin("system", "W-26 5.2.5")
READERS = {  # of scripts that are new
    "Script Handling 147": ["agent_147"],
    "Script Outbound Tier 2": ["agent_tier2"],
    "Script Caring": ["agent_caring"],
}


def sync() -> str:
    """Compare every script with My Kiss. Nothing is published by it, and nothing is forgotten while it is away."""
    try:
        with outbox.asked(SYSTEM):
            listed = clients.mykiss(ORIGIN).tree()
    except SystemError_ as error:
        logger.info("My Kiss not compared: %s", error)
        return str(error)
    taken = sum(_compare(entry) for entry in listed)
    gone = _note_gone([canonical(entry.path) for entry in listed])
    return f"{len(listed)} scripts compared, {taken} drafts, {gone} gone"


def _compare(entry: Entry) -> bool:
    """True where a draft was made. One script that cannot be read does not stop the others."""
    known = Script.objects.filter(path=canonical(entry.path)).first()
    if known is not None and known.mirrored and known.source_version == entry.version:
        _seen(Script.objects.filter(pk=known.pk))
        return False
    try:
        with outbox.asked(SYSTEM):
            text = clients.mykiss(ORIGIN).script(entry.path)
    except Refused:  # unpublished in between; the next round says so
        return False
    except SystemError_ as error:
        logger.info("%s not read from My Kiss: %s", entry.path, error)
        return False
    return _take_over(canonical(entry.path), text)


@transaction.atomic
def _take_over(path: str, text: Text) -> bool:
    """Keep a version of My Kiss: as the one that is published here where its words are the same, else as a draft."""
    with connection.cursor() as cursor:  # two rounds at once make one script and one draft
        cursor.execute("SELECT pg_advisory_xact_lock(hashtext('mykiss'))")
    script = Script.objects.filter(path=path).select_related("article__published").first()
    script = script or drafts.new_script(path, readers=readers_of(path), mirrored=True)
    this = Script.objects.filter(pk=script.pk)
    if script.mirrored and script.source_version == text.version:
        _seen(this)
        return False
    published = script.article.published
    same = published is not None and (published.title, _lines(published.body)) == (text.title, _lines(text.script))
    if not same:
        note = _("From My Kiss, version %(version)s.") % {"version": text.version}
        drafts.draft(script.article, text.title, text.script, by=None, note=note, source_version=text.version)
    this.update(mirrored=True, source_version=text.version, **({"matches": text.version} if same else {}))
    _seen(this)
    return not same


def _seen(scripts: QuerySet[Script]) -> None:
    scripts.update(checked_at=timezone.now(), gone_at=None)


def _note_gone(paths: Collection[str]) -> int:
    """Copies that My Kiss has no more keep their text and say since when."""
    gone = Script.objects.filter(mirrored=True).exclude(path__in=paths)
    new = gone.filter(gone_at=None).update(gone_at=timezone.now())
    gone.update(checked_at=timezone.now())
    return new


def readers_of(path: str) -> list[str]:
    """The roles that read the scripts of a folder aloud, until a leader says otherwise."""
    return next((roles for folder, roles in READERS.items() if f"/{folder}/" in path), [])


def _lines(text: str) -> str:
    return "\n".join(line.rstrip() for line in text.strip().splitlines())
