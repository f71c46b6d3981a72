from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class SystemsConfig(AppConfig):
    name = "tenesa.systems"
    verbose_name = _("Outside systems")

    def ready(self) -> None:
        from tenesa import redis_link
        from tenesa.accounts import presence
        from tenesa.systems import agent_states, operations, operations_outbound, redis_state, status, trouble  # noqa: F401
        from tenesa.systems.registry import register_results

        status.own_applications.append(redis_state.health)
        presence.changed.append(agent_states.follow)
        redis_link.changed.append(redis_state.note)
        register_results(trouble.TroubleReport.procedure_name(), trouble.answered)
