"""Ways of a prospect by keys alone with a real worker behind the page (P-01 5.3, 6.4, 6.8, 8 langkah 5, 6; X-04)."""

from __future__ import annotations

from collections.abc import Iterator
from io import BytesIO
from pathlib import Path

import pytest
from django.urls import reverse
from django.utils import timezone
from playwright.sync_api import expect

from caring.models import CaringResult, Difference, Promise, Prospect
from caring.results.states import State as ResultState
from tenesa.accounts.models import User
from tenesa.sheets import Workbook
from tenesa.systems.models import ExternalCall, SystemState
from tenesa.workflow.perform import perform
from tests.caring import desk
from tests.caring.dapros.lists import row, workbook
from tests.caring.reconciling import compared, rows_of, steer
from tests.caring.windows import agreed, at_result, is_in, judged, opened, owing
from tests.journeys.browser.conftest import Seat, seat
from tests.journeys.browser.window import Window
from tests.journeys.desk import Outside, Worker, tick, tidy
from tests.journeys.patience import eventually

__all__ = ["seat"]
pytestmark = [pytest.mark.slow, pytest.mark.browser, pytest.mark.django_db(transaction=True)]


@pytest.fixture(autouse=True)
def _clean_cache() -> None:
    """The cache shares its Redis with the worker's queue, so here nobody empties it."""


@pytest.fixture(scope="module")
def process(django_db_setup: None) -> Iterator[Worker]:
    """One worker for all journeys of this module; it has no beat, so that nothing begins by itself."""
    tidy("calls")
    made = Worker(beat=False).start()
    yield made
    made.stop()
    tidy("calls")


@pytest.fixture
def worker(transactional_db: None, process: Worker) -> Iterator[Worker]:
    yield process
    eventually(process.idle, what=process.log)  # the tables are emptied next, and nobody may be reading them then


@pytest.fixture
def window(worker: Worker, systems: Outside, seat: Seat, citra: User, novita: User) -> Window:
    desk.publish_scripts(novita)
    return seat(citra)


@pytest.fixture
def approved(window: Window, worker: Worker, citra: User, laras: User) -> CaringResult:
    """Entered by the worker, approved by QC."""
    picked = perform(owing(1), "pick", actor=citra)
    eventually(lambda: desk.again(picked).bills_read_at, what=worker.log)  # the agreement names what the worker read
    result = desk.agreed(citra, picked)
    eventually(lambda: desk.again(result).state == ResultState.QC_QUEUED, what=worker.log)
    return perform(perform(result, "claim", actor=laras), "approve", actor=laras, data=desk.OK)


def _nothing() -> None:
    """The worker does it."""


def comes_to(window: Window, state: ResultState) -> None:
    window.until(f"#case-state:text-is('{state.label}')")


def test_agreed_with_one_application_down_caught_up_approved_final_and_kept(
    window: Window, seat: Seat, systems: Outside, laras: User, novita: User
) -> None:
    systems.fault("cwc", "enter", "http_500")
    result = agreed(window, owing(1), _nothing)
    opened(window, result)
    eventually(lambda: desk.again(result).entered_in == ["mycx"], what="MyCX to have it")
    window.until(":text('Baru masuk di satu aplikasi')")
    is_in(window, ResultState.ENTERING)
    systems.heal()
    ExternalCall.objects.filter(system="cwc", status="WAITING").update(next_try_at=timezone.now())
    SystemState.objects.filter(system="cwc").update(retry_at=None)
    tick("tenesa.systems.tasks.sweep_calls")
    comes_to(window, ResultState.QC_QUEUED)
    result = desk.again(result)
    assert result.entered_in == ["cwc", "mycx"]
    assert not result.log_awaited
    judged(seat(laras), result)
    leader = seat(novita)
    opened(leader, result)
    at_result(leader, "finalise")
    is_in(leader, ResultState.FINAL)
    systems._ask("POST", "epayment/pay", json={"fastel": result.fastel})
    leader.take("ask_payments")
    eventually(lambda: Promise.objects.get().state == Promise.State.KEPT, what="the promise to be kept")
    leader.until(":text('Ditepati')")


def test_a_difference_is_entered_again_by_its_agent_and_settles(
    window: Window, approved: CaringResult, systems: Outside, novita: User, seat: Seat
) -> None:
    steer(systems, "PUT", f"tamara/{rows_of('tamara')[0]}", amount=1)
    run = compared(novita)
    different = run.differences.get()
    leader = seat(novita)
    leader.open(run.get_absolute_url())
    leader.tab_to(f"#difference-{different.pk} [value=reinput]", limit=120)
    leader.press("Enter")
    expect(leader.page.locator(f"#difference-{different.pk} form")).to_have_count(0)
    opened(window, approved)
    window.sees(str(desk.again(approved).difference))
    at_result(window, "reenter", note=approved.remark)
    comes_to(window, ResultState.APPROVED)  # unchanged, and told to both again: the verdict stays
    tick("caring.tasks.tend_reconciliations")
    eventually(lambda: Difference.objects.get(pk=different.pk).state == "SETTLED", what="the difference to settle")


def test_a_list_with_a_bad_row_is_read_by_the_worker_and_its_refusals_fetched(
    worker: Worker, systems: Outside, seat: Seat, novita: User, tmp_path: Path
) -> None:
    month = f"{timezone.localdate():%Y-%m}"
    file = tmp_path / "dapros.xlsx"
    file.write_bytes(workbook([row(periode=month), row(periode=month, fastel="1,22E+11", hp1="0812")]))
    window = seat(novita)
    window.open(reverse("dapros"))
    window.page.get_by_label("Berkas Excel atau CSV").set_input_files(file)
    window.page.get_by_label("Bulan daftar").fill(month)  # a browser's own field of months
    window.tab_to("form[enctype] button", limit=60)
    window.press("Enter")
    window.sees("D3: “1,22E+11” kehilangan digit")
    window.tab_to("a[href$='refused.xlsx']", limit=60)
    with window.page.expect_download() as download:
        window.press("Enter")
    with Workbook(BytesIO(Path(download.value.path()).read_bytes())) as book:
        _heads, refused = (found.cells for found in book.rows(book.sheets[0]))
    assert "kehilangan digit" in str(refused[-1])
    expect(window.page.locator("#report progress")).to_have_count(0)
    assert Prospect.objects.get().fastel == "122055500001"
