from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class SystemsConfig(AppConfig):
    name = "tenesa.systems"
    verbose_name = _("Outside systems")

    def ready(self) -> None:
        from tenesa.systems import trouble
        from tenesa.systems.registry import register_results

        register_results(trouble.TroubleReport.procedure_name(), trouble.answered)
