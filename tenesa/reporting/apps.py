from django.apps import AppConfig
from django.db.models.signals import post_save
from django.utils.translation import gettext_lazy as _


class ReportingConfig(AppConfig):
    name = "tenesa.reporting"
    verbose_name = _("Reports")

    def ready(self) -> None:
        from tenesa.reporting import goals, lists, menu

        lists.register()
        menu.register()
        post_save.connect(goals.forget, sender=self.get_model("KpiTarget"))
