"""What beat runs for P-01."""

from __future__ import annotations

from datetime import timedelta

from celery import shared_task
from django.conf import settings
from django.utils import timezone

from caring import board_figures, scoring, services
from caring.dapros import loading, quotas, withdrawing
from caring.demo import loading as demo
from caring.exclusions import services as exclusions
from caring.promises import judging
from caring.quality import samples
from caring.reconciliation import answers, runs
from caring.reports import counting
from caring.results import outages
from tenesa.systems.control import NoSimulator

HOURS = 6 * 3600  # a list has any length; whoever reads it gives signs of life


@shared_task(ignore_result=True)
def expire_leases() -> int:
    return services.expire_leases()


@shared_task(ignore_result=True)
def make_ready() -> int:
    return services.make_ready()


@shared_task(ignore_result=True)
def ask_about_promises() -> int:
    return judging.ask_about_due()


@shared_task(ignore_result=True)
def remind_of_promises() -> int:
    return judging.remind()


@shared_task(ignore_result=True)
def refresh_scores() -> int:
    return scoring.refresh()


@shared_task(ignore_result=True)
def report_outages() -> int:
    return outages.report()


@shared_task(ignore_result=True, soft_time_limit=HOURS, time_limit=HOURS + 60)
def rebucket() -> int:
    """As months end; one that finds nothing to move is quick."""
    return services.rebucket()


@shared_task(ignore_result=True)
def ask_nonatero() -> None:
    board_figures.ask_nonatero()


@shared_task
def count_calls() -> str:
    return f"{counting.count_changed()} days of calls were counted"


@shared_task(soft_time_limit=HOURS, time_limit=HOURS + 60)
def read_dapros(pk: int) -> str:
    return loading.read(pk)


@shared_task
def read_waiting_dapros() -> str:
    """Wake who reads: lists whose wake-up was lost, and those whose reader died."""
    waiting = loading.waiting()
    for pk in waiting:
        loading.nudge(pk)
    return f"{len(waiting)} lists of prospects wait"


@shared_task(soft_time_limit=HOURS, time_limit=HOURS + 60)
def withdraw_dapros(pk: int) -> str:
    return withdrawing.run(pk)


@shared_task
def tend_withdrawals() -> str:
    """Wake who works on them: those whose wake-up was lost, and those whose worker died."""
    waiting = withdrawing.waiting()
    for pk in waiting:
        withdrawing.nudge(pk)
    return f"{len(waiting)} withdrawals wait"


@shared_task(soft_time_limit=HOURS, time_limit=HOURS + 60)
def settle_exclusions() -> str:
    """Entries that were approved, begin today, were lifted or are over; a tick that finds none is quick."""
    return f"{exclusions.settle()} prospects were excluded or taken back"


@shared_task
def return_quotas() -> str:
    """At night; every tick asks whether it is."""
    return f"{quotas.return_unworked()} prospects went back"


@shared_task
def reconcile(pk: int) -> str:
    return runs.run(pk)


@shared_task(ignore_result=True)
def tend_reconciliations() -> None:
    """The batch of the day's end, runs that nobody works on, signed ones to be ended, what was entered again."""
    runs.ask_daily(timezone.now())
    for pk in runs.waiting():
        runs.nudge(pk)
    answers.settle()
    answers.nudge_signed()


@shared_task
def finalise_signed() -> str:
    """Long for a large period, so none of the ticks."""
    return f"{answers.finalise()} results are final"


@shared_task
def load_demo(tries: int = 5) -> str:
    """The caring of the demonstration; again in a while where the systems do not answer yet."""
    try:
        return f"{demo.load()} prospects"
    except NoSimulator:
        if tries > 1:
            load_demo.apply_async((tries - 1,), countdown=15)
        return "no simulator answers"


@shared_task(ignore_result=True)
def draw_samples() -> int:
    """What QC looks at of the day, once it has ended, and what was entered late of days before (8.1)."""
    now = timezone.localtime()
    ended = now.date() - timedelta(days=now.hour < settings.CARING["day_end"])
    drawn = [samples.draw(desk, ended) for desk in samples.to_draw(ended)]
    looks = [samples.draw_second_looks(desk, ended) for desk in samples.desks_judged(ended)]
    return sum(one is not None for one in (*drawn, *looks))
