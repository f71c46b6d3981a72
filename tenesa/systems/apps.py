from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class SystemsConfig(AppConfig):
    name = "tenesa.systems"
    verbose_name = _("Outside systems")
