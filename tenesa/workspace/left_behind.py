"""What somebody who is no longer active still holds, told to those who lead where it belongs (X-17)."""

from __future__ import annotations

from django.urls import reverse
from django.utils.translation import ngettext

from tenesa.accounts.models import Membership, User
from tenesa.accounts.roles import LEADERS
from tenesa.notices import services
from tenesa.notices.models import Kind, Notice
from tenesa.workflow.procedures import visible
from tenesa.workspace.board_people import role_of
from tenesa.workspace.desk import Desk, desks

OF_NO_EVENT = 0  # the `seq` of such a notice


def tell(gone: User) -> None:
    """A notice to each leader for each desk at which they see open cases of this person; an older one gives way."""
    notices = [notice for desk in desks() for notice in _notices(desk, gone)]
    services.told({notice.person_id for notice in notices})
    Notice.objects.filter(kind=Kind.LEFT, actor=gone).delete()
    Notice.objects.bulk_create(notices)


def list_of(gone: User) -> str:
    """Where a leader reads all of it: this person on the board."""
    return f"{reverse('board')}#person-{role_of(gone)}-{gone.pk}"


def _notices(desk: Desk, gone: User) -> list[Notice]:
    held = desk.model._default_manager.filter(desk.is_open, owner=gone)
    places = list(held.order_by().values_list("desk", flat=True).distinct())
    at_work = Membership.objects.filter(team__desk__in=places, role__in=LEADERS)
    found = []
    for leader in User.objects.filter(pk__in=at_work.values("user"), is_active=True).exclude(pk=gone.pk):
        cases = visible(desk.model, leader).filter(desk.is_open, owner=gone)
        first, count = cases.order_by("urgent_at", "pk").first(), cases.count()
        if first is not None:
            words = ngettext("still holds %(n)d case.", "still holds %(n)d cases.", count) % {"n": count}
            found.append(
                Notice(
                    person=leader, kind=Kind.LEFT, procedure=desk.procedure, case_id=first.pk, seq=OF_NO_EVENT,
                    actor=gone, words=words,
                )
            )  # fmt: skip
    return found
