from django.apps import AppConfig
from django.db.models.signals import post_migrate
from django.utils.translation import gettext_lazy as _


class CaringConfig(AppConfig):
    name = "caring"
    verbose_name = _("Caring")

    def ready(self) -> None:
        from caring import board, cross_desk, records, search, seed, services, to_decide
        from caring.prospects import heard as prospects_heard
        from caring.prospects import states as prospects
        from caring.prospects.desk import ProspectDesk
        from caring.quality import lists as qc_lists
        from caring.quality import measures as qc_measures
        from caring.reports import lists, measures
        from caring.results import heard as results_heard
        from caring.results import states as results
        from caring.results.desk import ResultDesk
        from tenesa.accounts import presence
        from tenesa.timers import targets
        from tenesa.ui.board import board_sources
        from tenesa.workspace import desk

        post_migrate.connect(seed.seed, sender=self)
        prospects_heard.register()
        results_heard.register()
        campaigns = prospects.Campaign.choices
        targets.register("caring.prospect", prospects.DEFAULTS, prospects.CLOCKS, campaigns)
        targets.register("caring.caringresult", results.DEFAULTS, results.CLOCKS, campaigns)
        presence.leaving.append(services.give_back)
        desk.register(ProspectDesk)
        desk.register(ResultDesk)
        cross_desk.register()
        search.register()
        measures.register()
        lists.register()
        qc_measures.register()
        qc_lists.register()
        board_sources.append(board.cards)
        records.registered()
        to_decide.registered()
