from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class TicketsConfig(AppConfig):
    name = "tickets"
    verbose_name = _("E-mail cases")

    def ready(self) -> None:
        from segmentation.segments import Segment
        from tenesa.accounts import presence
        from tenesa.incidents import feed
        from tenesa.systems.status import own_applications
        from tenesa.timers import targets, telling
        from tenesa.ui import outside
        from tickets import alarms, clocks, escalations, evidence, measures, menu, neighbours, results, search, services

        measures.register()
        results.register()
        escalations.register()
        own_applications.append(evidence.mailbox_health)
        targets.register("tickets.emailcase", clocks.DEFAULTS, clocks.WORDS, filter(None, Segment.values), clocks.ASIDE)
        telling.listeners.append(alarms.told)
        menu.register()
        outside.starts.append("cases")
        search.register()
        neighbours.register()
        presence.leaving.append(services.give_back)
        feed.register(services.incident_changed, alarm=services.say_left_out)
