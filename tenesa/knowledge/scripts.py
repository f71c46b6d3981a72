"""Scripts as the desks use them: the text that holds, how old the copy is, and who has read it (X-14, S-19)."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.conf import settings
from django.db.models import Exists, F, IntegerField, Max, OuterRef, Q, QuerySet, Subquery
from django.utils import timezone
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _

from tenesa.accounts.models import Membership, User
from tenesa.accounts.roles import Role
from tenesa.knowledge.models import Article, Reading, Script, Version
from tenesa.knowledge.services import html_of

TOP = "Knowledge"
KEEPERS = frozenset({Role.TEAM_LEADER, Role.SUPERVISOR, Role.MANAGER, Role.DOC_CONTROL})  # who write drafts
LEADERS = frozenset({Role.TEAM_LEADER, Role.SUPERVISOR, Role.MANAGER})  # who approve, and see who has read


@dataclass(frozen=True)
class ScriptRead:
    """A script as it is read aloud. `age` is how long ago the copy was compared with My Kiss, None for our own
    scripts; `warning` says in words why a `stale` copy may differ from My Kiss."""

    version: Version
    path: str
    title: str
    age: timedelta | None
    stale: bool
    warning: str

    @property
    def html(self) -> SafeString:
        return html_of(self.version.body)

    @property
    def number(self) -> int:
        return self.version.number


def canonical(path: str) -> str:
    """A path in one writing: "Script Handling 147 › Way Out" is "Knowledge/Script Handling 147/Way Out"."""
    parts = [part.strip() for part in path.replace("›", "/").split("/") if part.strip()]
    if parts and parts[0].casefold() == TOP.casefold():
        parts = parts[1:]
    return "/".join([TOP, *parts]) if parts else ""


def published() -> QuerySet[Script]:
    return Script.objects.filter(article__published__isnull=False).select_related("article__published")


def current(path: str) -> ScriptRead | None:
    """The script at a path of My Kiss, from the local copy; None where none is published here."""
    script = published().filter(path=canonical(path)).first()
    return read_of(script) if script else None


def read_of(script: Script, now: datetime | None = None) -> ScriptRead:
    """The published text of a script of `published()`."""
    version = script.article.published
    if version is None:
        raise ValueError(f"{script} is not published.")
    age = (now or timezone.now()) - script.checked_at if script.mirrored and script.checked_at else None
    warning = warning_of(script, age)
    return ScriptRead(version, script.path, version.title, age, bool(warning), warning)


def warning_of(script: Script, age: timedelta | None) -> str:
    """Why the copy may differ from My Kiss; "" where it is compared with it and the same, or our own."""
    if not script.mirrored:
        return ""
    if script.gone_at:
        since = timezone.localtime(script.gone_at)
        return _("My Kiss has not published this script since %(time)s; this is the last copy.") % {
            "time": f"{since:%d.%m. %H.%M}"
        }
    if age is None:
        return _("This copy was not yet compared with My Kiss.")
    if age > timedelta(minutes=settings.MYKISS_STALE_MINUTES):
        return _("My Kiss does not answer; this copy was last compared with it %(minutes)d minutes ago.") % {
            "minutes": age // timedelta(minutes=1)
        }
    if script.source_version != script.matches:
        return _("My Kiss has version %(version)s; the text here is another one.") % {"version": script.source_version}
    return ""


# --- read and confirmed ----------------------------------------------------------------------------------------------
def _floor(article: str, upto: int | None = None) -> Subquery:
    """The newest material version that was published: whoever confirmed it, or a later one, has read."""
    material = Version.objects.filter(article=OuterRef(article), draft=False, material=True).order_by("-number")
    material = material if upto is None else material.filter(number__lte=upto)
    return Subquery(material.values("number")[:1], output_field=IntegerField())


def must_acknowledge(user: User, version: Version) -> bool:
    """Whether this person reads the script aloud and has not confirmed its last material change up to `version`."""
    floor = _floor("article", version.number)
    mine = Reading.objects.filter(user=user, version__article=OuterRef("article")).order_by("-version__number")
    newest = Subquery(mine.values("version__number")[:1], output_field=IntegerField())
    script = Script.objects.filter(article=version.article_id).annotate(floor=floor, read=newest).first()
    if script is None or script.floor is None or not user.has_role(*_roles(script)):
        return False
    return bool((script.read or 0) < script.floor)


def acknowledge(user: User, version: Version, opened_at: datetime) -> Reading:
    """Keep that this person read the version; a second time changes nothing. `opened_at` is when it was shown."""
    now = timezone.now()
    times = {"opened_at": min(opened_at, now), "confirmed_at": now}
    return Reading.objects.get_or_create(version=version, user=user, defaults=times)[0]


def readers_of(script: Script) -> QuerySet[User]:
    """The people whose role reads this script aloud."""
    at_work = Membership.objects.filter(role__in=script.readers, user=OuterRef("pk"))
    return User.objects.filter(Exists(at_work), is_active=True).order_by("first_name", "last_name", "pk")


def not_yet_read(article: Article) -> QuerySet[User]:
    """The people who have yet to confirm the script's last material change; nobody where there was none."""
    script = Script.objects.filter(article=article).annotate(floor=_floor("article")).first()
    if script is None or script.floor is None:
        return User.objects.none()
    read = Reading.objects.filter(user=OuterRef("pk"), version__article=article, version__number__gte=script.floor)
    return readers_of(script).exclude(Exists(read))


def to_read(user: User) -> QuerySet[Script]:
    """The scripts that this person has yet to confirm."""
    mine = Reading.objects.filter(user=user, version__article=OuterRef("article")).order_by("-version__number")
    newest = Subquery(mine.values("version__number")[:1], output_field=IntegerField())
    scripts = published().filter(readers__overlap=[role.value for role in user.roles])
    open_ = scripts.annotate(floor=_floor("article"), read=newest).filter(floor__isnull=False)
    return open_.filter(Q(read=None) | Q(read__lt=F("floor")))


def waiting_drafts() -> QuerySet[Version]:
    return Version.objects.filter(four_eyes=True, draft=True, closed_at=None)


def to_approve(user: User) -> QuerySet[Version]:
    """The drafts of scripts that wait for this person: a leader's, those of others."""
    if not user.has_role(*LEADERS):
        return Version.objects.none()
    return waiting_drafts().exclude(by=user)


def waiting_for(people: Collection[int]) -> Mapping[int, int]:
    """How many scripts each of these people has to read or to approve: for the menu, in four queries."""
    roles: dict[int, set[str]] = defaultdict(set)
    for person, role in Membership.objects.filter(user__in=people).values_list("user", "role"):
        roles[person].add(role)
    floors = published().annotate(floor=_floor("article")).filter(floor__isnull=False)
    scripts = list(floors.values_list("article", "readers", "floor"))
    readings = Reading.objects.filter(user__in=people, version__article__in=[article for article, *_rest in scripts])
    read = {
        (person, article): number
        for person, article, number in readings.values_list("user", "version__article").annotate(
            n=Max("version__number")
        )
    }
    drafts = list(waiting_drafts().values_list("by", flat=True))
    return {
        person: sum(
            bool(theirs & set(readers)) and read.get((person, article), 0) < floor
            for article, readers, floor in scripts
        )
        + (sum(by != person for by in drafts) if theirs & LEADERS else 0)
        for person, theirs in roles.items()
    }


def _roles(script: Script) -> list[Role]:
    return [Role(name) for name in script.readers if name in Role.values]
