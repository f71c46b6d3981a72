"""When a step of an escalation is refused, and with which words. Each returns the reason, or "" to let pass."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from tenesa.accounts.models import Actor, User
from tenesa.escalation.clocks import running
from tenesa.escalation.people import is_anybody_there, level_at, levels_at_work
from tenesa.escalation.states import LEVELS, NOBODY, Level, State, above, higher
from tenesa.workflow.step import guard

if TYPE_CHECKING:
    from tenesa.escalation.models import Escalation


@guard(gettext_lazy("you did not ask for it yourself"))
def is_not_yours(escalation: Escalation, actor: Actor) -> str:
    if isinstance(actor, User) and escalation.is_asked_by(actor):
        return _("You asked for this yourself: somebody else decides.")
    return ""


@guard(gettext_lazy("it waits for your level, or for you"))
def is_for_you(escalation: Escalation, actor: Actor) -> str:
    if not isinstance(actor, User) or escalation.owner_id == actor.pk:
        return ""
    mine = level_at(actor, escalation.desk_id, escalation.area_id)
    rank, wanted = LEVELS.index(mine) if mine else 0, LEVELS.index(Level(escalation.level))
    if escalation.owner is not None and rank <= wanted:
        return _("This was given to %(who)s to decide.") % {"who": escalation.owner}
    if rank < wanted:
        return _("This waits for: %(level)s.") % {"level": escalation.get_level_display()}
    return ""


@guard(gettext_lazy("it was asked of you"))
def is_asked_of_you(escalation: Escalation, actor: Actor) -> str:
    if not isinstance(actor, User) or escalation.owner_id == actor.pk:
        return ""
    if level_at(actor, escalation.desk_id, escalation.area_id):
        return ""
    return _("This was asked of %(who)s.") % {"who": escalation.owner or _("nobody")}


@guard(gettext_lazy("you asked for it, or you lead"))
def is_yours_or_you_lead(escalation: Escalation, actor: Actor) -> str:
    if not isinstance(actor, User) or escalation.is_asked_by(actor):
        return ""
    if level_at(actor, escalation.desk_id, escalation.area_id):
        return ""
    return _("This was asked by %(who)s.") % {"who": escalation.asker}


@guard(gettext_lazy("you asked for it; once the unit has it, also a leader"))
def you_asked_or_lead_the_unit(escalation: Escalation, actor: Actor) -> str:
    if escalation.state == State.WITH_UNIT:
        return is_yours_or_you_lead.refuses(escalation, actor)
    if isinstance(actor, User) and not escalation.is_asked_by(actor):
        return _("This was asked by %(who)s.") % {"who": escalation.asker}
    return ""


@guard(gettext_lazy("you asked for it, decide about it, or lead"))
def has_part_in_it(escalation: Escalation, actor: Actor) -> str:
    parties = {escalation.asker_id, escalation.owner_id, escalation.decided_by_id, *escalation.passed_on_by}
    if not isinstance(actor, User) or actor.pk in parties or level_at(actor, escalation.desk_id, escalation.area_id):
        return ""
    return _("This was asked by %(who)s.") % {"who": escalation.asker}


@guard(gettext_lazy("there is a higher level"))
def has_level_above(escalation: Escalation, actor: Actor) -> str:
    """Whom it does not wait for hears that instead, from `is_for_you`."""
    if above(escalation.level) or is_for_you.refuses(escalation, actor):
        return ""
    return _("There is no higher level: it has to be decided here.")


@guard(gettext_lazy("somebody of a higher level is at work"))
def somebody_is_above(escalation: Escalation, actor: Actor) -> str:
    """Where nobody is, it would come down again at once. Whom it does not wait for hears that instead."""
    if not above(escalation.level) or is_for_you.refuses(escalation, actor):
        return ""
    if levels_at_work(escalation) & set(higher(escalation.level)):
        return ""
    return _("Nobody of a higher level is at work now: decide it here, or return it with a note.")


@guard(gettext_lazy("nobody of the level is at work"))
def nobody_is_there(escalation: Escalation, actor: Actor) -> str:
    return _("Somebody who may decide is at work.") if is_anybody_there(escalation) else ""


@guard(gettext_lazy("somebody of a higher level is at work, or nobody of this one"))
def rises_to_somebody(escalation: Escalation, actor: Actor) -> str:
    """Late as it is, whoever is at work keeps it where nobody above them is."""
    if not is_anybody_there(escalation) or levels_at_work(escalation) & set(higher(escalation.level)):
        return ""
    return _("Nobody of a higher level is at work: it stays where somebody is.")


@guard(gettext_lazy("somebody who may decide has come"))
def somebody_came(escalation: Escalation, actor: Actor) -> str:
    there = levels_at_work(escalation)
    waits = Level(escalation.level) not in there or running(escalation.pk, name=NOBODY).exists()
    return "" if there and waits and not escalation.owner_id else _("It waits for the same people as before.")


@guard(gettext_lazy("the case has moved on"))
def is_moot(escalation: Escalation, actor: Actor) -> str:
    if escalation.moot:
        return ""
    return _("The case still waits for this.")


@guard(gettext_lazy("the case can still change hands or be helped"))
def is_not_moot(escalation: Escalation, actor: Actor) -> str:
    return escalation.moot


@guard(gettext_lazy("it is about help, not about who holds the case"))
def is_about_help(escalation: Escalation, actor: Actor) -> str:
    return "" if escalation.purpose == "HELP" else _("This is about who holds the case: agree or return it.")
