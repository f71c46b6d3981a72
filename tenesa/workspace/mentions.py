"""Colleagues named in a note: written "@username", stored as a reference "@{17}", shown by name."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping

from django.core.exceptions import ValidationError
from django.db.models import Q
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _

from tenesa.accounts.models import User, read_places
from tenesa.accounts.roles import OUTSIDE, WITHOUT_CUSTOMERS, Role
from tenesa.workflow.case import Case

TYPED = re.compile(r"(?<![\w@.+-])@([\w.+-]*\w)")  # no part of an address
REFERENCE = re.compile(r"@\{(\d{1,18})\}")
OFFERED = 8  # colleagues at once
LOOKED_AT = 60  # of whom those are offered who see the case
WORK_NOWHERE = OUTSIDE | WITHOUT_CUSTOMERS | {Role.API_CLIENT}


def resolve(text: str, case: Case) -> tuple[str, list[int]]:
    """The text with a reference for each colleague named in it, and who they are.

    Raises ValidationError where somebody is named who may not see the case. A word after "@" that is nobody's name
    stays as it is.
    """
    text = text.replace("@{", "@ {")  # a reference is made here, never typed
    names = {name.lower() for name in TYPED.findall(text)}
    found = User.objects.filter(username__in=names, is_active=True) if names else User.objects.none()
    people = {person.username: person for person in found}
    read_places(people.values())
    if blind := [str(person) for person in people.values() if person.is_outside or not case.is_seen_by(person)]:
        raise ValidationError(
            _("%(who)s may not see this case and cannot be mentioned in its notes.") % {"who": ", ".join(sorted(blind))}
        )

    def reference(match: re.Match[str]) -> str:
        person = people.get(match[1].lower())
        return f"@{{{person.pk}}}" if person else match[0]

    return TYPED.sub(reference, text), sorted(person.pk for person in people.values())


def names_in(texts: Iterable[str]) -> Mapping[int, str]:
    """The names of all who are referred to, in one query; none where nobody is."""
    wanted = {int(number) for text in texts for number in REFERENCE.findall(text)}
    return {person.pk: str(person) for person in User.objects.filter(pk__in=wanted)} if wanted else {}


def named(text: str, names: Mapping[int, str] | None = None) -> str:
    """The text as it is read, in plain letters."""
    names = names_in([text]) if names is None else names
    return REFERENCE.sub(lambda match: f"@{names.get(int(match[1]), '?')}", text)


def shown(text: str, names: Mapping[int, str]) -> SafeString:
    """The text for a page, each colleague marked."""
    parts = REFERENCE.split(text)  # text, number, text …
    people = [format_html('<b class="mention">@{}</b>', names.get(int(number), "?")) for number in parts[1::2]]
    return format_html_join("", "{}{}", zip(parts[::2], [*people, ""], strict=True))


def colleagues(case: Case, words: str, *, but: User) -> list[User]:
    """At most `OFFERED` persons who work where the case is and may see it, whose name has these words."""
    place = Q(memberships__team__desk=case.desk_id) & ~Q(memberships__role__in=WORK_NOWHERE)
    if case.area_id:
        place &= Q(memberships__team__area=None) | Q(memberships__team__area=case.area_id)
    people = User.objects.filter(place, is_active=True).exclude(pk=but.pk)
    for word in words.split()[:3]:
        people = people.filter(
            Q(username__icontains=word) | Q(first_name__icontains=word) | Q(last_name__icontains=word)
        )
    found = list(people.distinct().order_by("first_name", "last_name", "username")[:LOOKED_AT])
    read_places(found)
    found.sort(key=lambda person: not f"{person} {person.username}".lower().startswith(words.lower()))
    return [person for person in found if case.is_seen_by(person)][:OFFERED]
