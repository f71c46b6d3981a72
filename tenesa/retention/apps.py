from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class RetentionConfig(AppConfig):
    name = "tenesa.retention"
    verbose_name = _("Retention of records")

    def ready(self) -> None:
        from tenesa.retention import menu, notices, platform_records

        platform_records.registered()
        menu.register()
        notices.register()
