from axes.apps import AppConfig as Axes
from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class AccountsConfig(AppConfig):
    name = "tenesa.accounts"
    verbose_name = _("People and roles")

    def ready(self) -> None:
        from django.contrib.auth.signals import user_logged_out

        from tenesa.accounts import half_migrated, presence  # noqa: F401 - registers its check

        user_logged_out.connect(presence.signed_out, dispatch_uid="presence")


class SignInLimitsConfig(Axes):  # type: ignore[misc]
    """The books of wrong passwords, under a name that an administrator knows (ADR-0019)."""

    default = False
    verbose_name = _("Sign-in limits")
