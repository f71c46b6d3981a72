from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class ReportingConfig(AppConfig):
    name = "tenesa.reporting"
    verbose_name = _("Reports")

    def ready(self) -> None:
        from tenesa.reporting import lists, menu

        lists.register()
        menu.register()
