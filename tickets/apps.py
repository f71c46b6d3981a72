from operator import itemgetter

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
        from tenesa.timers import targets
        from tenesa.ui.board import board_sources
        from tenesa.workspace import desk
        from tickets import board, clocks, cross_desk, measures, records, results, services
        from tickets.desk import EmailDesk
        from tickets.evidence import panel

        measures.register()
        results.register()
        own_applications.append(panel.mailbox_health)
        segments = filter(itemgetter(0), Segment.choices)
        targets.register("tickets.emailcase", clocks.DEFAULTS, clocks.WORDS, segments, clocks.ASIDE)
        desk.register(EmailDesk)
        board_sources.append(board.cards)
        cross_desk.register()
        presence.leaving.append(services.give_back)
        feed.register(services.incident_changed, alarm=services.say_left_out)
        records.registered()
