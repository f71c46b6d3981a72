from operator import itemgetter

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class VvipConfig(AppConfig):
    name = "vvip"
    verbose_name = _("Special and VVIP customers")

    def ready(self) -> None:
        from tenesa.accounts import presence
        from tenesa.timers import targets
        from tenesa.ui.board import board_sources
        from tenesa.workspace import desk
        from vvip import board, cross_desk, measures, records, search, services
        from vvip.audits import states as audits
        from vvip.audits.desk import AuditDesk
        from vvip.callbacks import results as callback_results
        from vvip.callbacks import states as callbacks
        from vvip.callbacks.desk import CallbackDesk
        from vvip.calls import escalations, results
        from vvip.calls import states as calls
        from vvip.calls.desk import CallDesk

        results.register()
        callback_results.register()
        targets.register("vvip.specialcase", calls.DEFAULTS, calls.CLOCKS, filter(itemgetter(0), calls.Kind.choices))
        tiers = [(tier.name, tier.label) for tier in callbacks.Tier]
        targets.register("vvip.callback", callbacks.DEFAULTS, callbacks.CLOCKS, tiers)
        targets.register("vvip.audit", audits.DEFAULTS, audits.CLOCKS)
        targets.add("escalation.escalation", calls.DECISIONS)
        presence.leaving.append(services.give_back)
        desk.register(CallDesk)
        desk.register(CallbackDesk)
        desk.register(AuditDesk)
        escalations.register()
        cross_desk.register()
        search.register()
        measures.register()
        board_sources.append(board.cards)
        records.registered()
