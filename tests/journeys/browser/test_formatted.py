"""Formatted mails with the keyboard and the clipboard, in a browser whose console has to stay quiet (CSP)."""

from __future__ import annotations

from base64 import b64decode, b64encode
from typing import Any

import pytest
from lxml import html as tree
from playwright.sync_api import expect

from tenesa.accounts.models import User
from tenesa.knowledge.models import Snippet
from tenesa.mail.models import OutboundMail
from tenesa.workspace.models import Draft
from tests import factories
from tests.journeys.browser.conftest import Seat
from tests.journeys.browser.window import Window
from tests.journeys.patience import eventually
from tickets.models import EmailCase
from tickets.states import State

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]
PNG = b64decode(
    "iVBORw0KGgoAAAANSUhEUgAAAAoAAAAKCAIAAAACUFjqAAAAEklEQVR4nGP8z4APMOGVZRip0gBBLAETee26JgAAAABJRU5ErkJggg=="
)
EXCEL = """<html xmlns:x="urn:schemas-microsoft-com:office:excel"><head><style>td {color:black}</style></head><body>
<!--StartFragment--><table border=0 style='border-collapse:collapse'><col width=64 style='width:48pt'>
<tr height=20 style='height:15.0pt'><td style='font-weight:700' colspan=2>Paket</td><td>Harga</td></tr>
<tr><td>50 Mbps</td><td>baru</td><td align=right style='color:red' onclick="alert(1)">275.000</td></tr></table>
<!--EndFragment--></body></html>"""
WORD = """<p class=MsoNormal><b style='mso-bidi-font-weight:normal'>Yth. Ibu</b> <a href="javascript:alert(1)">klik</a>
<a href="https://telkom.example/a">laman</a><o:p></o:p></p>
<p class=MsoListParagraphCxSpFirst style='text-indent:-.25in;mso-list:l0 level1 lfo1'><![if !supportLists]><span
style='mso-list:Ignore'>·<span style='font:7.0pt "Times New Roman"'>&nbsp;&nbsp; </span></span><![endif]>satu</p>
<p class=MsoListParagraphCxSpLast style='margin-left:1.0in;mso-list:l0 level2 lfo1'><span
style='mso-list:Ignore'>1.<span>&nbsp; </span></span>dalam</p><script>alert(1)</script><img src=x onerror=alert(1)>"""
PASTE = """async ([selector, types, files]) => {
  const data = new DataTransfer();
  for (const [type, text] of Object.entries(types)) data.setData(type, text);
  for (const [name, type, body] of files) {
    const bytes = Uint8Array.from(atob(body), (c) => c.charCodeAt(0));
    data.items.add(new File([bytes], name, { type }));
  }
  const target = document.activeElement.closest(selector);
  target.dispatchEvent(new ClipboardEvent("paste", { clipboardData: data, bubbles: true, cancelable: true }));
}"""


def mine(user: User) -> EmailCase:
    return factories.put(factories.opened(), State.SEGMENT_CHECKED, owner=user, segment="DES", segment_source="SISKAS")


def paste(window: Window, html: str = "", plain: str = "", *files: tuple[str, str, bytes]) -> None:
    types = {name: text for name, text in (("text/html", html), ("text/plain", plain)) if text}
    given = [[name, kind, b64encode(content).decode()] for name, kind, content in files]
    window.page.evaluate(PASTE, ["[data-text]", types, given])


def source(window: Window) -> str:
    return window.page.input_value("#composer textarea[name=message]")


def writes(window: Window, case: EmailCase) -> Window:
    window.open(case.get_absolute_url())
    window.press("r")
    window.lands_in("#composer textarea")
    return window


def sent(case: EmailCase) -> OutboundMail:
    return OutboundMail.objects.get(case_id=case.pk, purpose="reply")


def test_a_table_and_a_picture_are_pasted_and_sent_by_the_keyboard(rini: User, seat: Seat) -> None:
    case = mine(rini)
    window = writes(seat(rini), case)
    window.type("Yth. Ibu,")
    paste(window, EXCEL, "Paket\tHarga")
    window.lands_in("#composer [data-editor]")
    expect(window.page.locator("#composer [data-editor] td, #composer [data-editor] th")).to_have_count(6)
    window.press("Control+b")  # one writes on below the table
    window.type("Penting*")
    window.press("Control+b")
    window.type(" a_b ")
    paste(window, '<img src="https://elsewhere.example/x.png">', "", ("image.png", "image/png", PNG))
    expect(window.page.locator("#composer [data-editor] img[src^='data:image/png']")).to_have_count(1)
    expect(window.page.locator("#composer [data-files]")).to_have_text("image.png")
    window.is_fit("rich")
    window.press("j")  # a key of the desk is a letter here
    window.lands_in("#composer [data-editor]")
    window.submit()
    window.shows("#timeline .formatted table")

    mail = sent(case)
    assert mail.formatted
    root = tree.fromstring(mail.html)
    assert [cell.text_content() for cell in root.xpath("//td")] == ["Paket", "", "Harga", "50 Mbps", "baru", "275.000"]
    assert root.xpath("//td[@align='right']/text()") == ["Harga", "275.000"]  # a column's
    assert root.xpath("//strong/text()") == ["Paket", "Penting*"]
    assert "a_b" in root.xpath("//img/..")[0].text_content()
    assert len(root.xpath("//img[starts-with(@src, 'cid:')]")) == 1
    assert mail.attachments.get().blob.content == PNG
    expect(window.page.locator("#timeline .formatted img")).to_have_js_property("naturalWidth", 10)
    window.is_fit("rich-sent")


def test_words_from_word_come_clean_and_the_draft_comes_back(rini: User, seat: Seat) -> None:
    case = mine(rini)
    window = writes(seat(rini), case)
    paste(window, WORD, "Yth. Ibu")
    window.lands_in("#composer [data-editor]")
    editor = window.page.locator("#composer [data-editor]")
    expect(editor.locator("ul > li > ol > li")).to_have_text("dalam")
    assert source(window).splitlines() == [
        "**Yth. Ibu** klik [laman](https://telkom.example/a)", "", "- satu", "  ", "  1. dalam",
    ]  # fmt: skip
    expect(window.page.locator("#draft-state")).to_contain_text("Draf tersimpan")
    window.open(case.get_absolute_url())
    window.press("r")
    window.lands_in("#composer [data-editor]")
    expect(editor.locator("ul > li > ol > li")).to_have_text("dalam")
    expect(editor.locator("strong")).to_have_text("Yth. Ibu")
    window.press("Control+End", "Enter", "Tab")
    window.type("lagi")
    window.submit()
    window.shows("#timeline .formatted ol")
    assert "- satu\n  1. dalam\n" in sent(case).text


@pytest.mark.long
def test_a_picture_of_a_draft_is_missed_and_no_word_is_lost(rini: User, seat: Seat) -> None:
    case = mine(rini)
    window = writes(seat(rini), case)
    window.type("Denah: ")
    paste(window, "", "", ("denah gedung.png", "image/png", PNG))
    window.lands_in("#composer [data-editor]")
    words = "Denah: ![denah-gedung.png](denah-gedung.png)"
    assert source(window) == words
    eventually(lambda: Draft.objects.filter(values__message=words).exists(), what="the draft with its picture")
    window.open(case.get_absolute_url())
    window.press("r")
    window.lands_in("#composer [data-editor]")
    window.shows("#composer [data-editor] img.missing[alt$='belum dilampirkan']")
    window.is_fit("rich-missing")
    window.forgive(422)
    window.submit()
    window.sees("belum dilampirkan", "#composer")
    assert source(window) == "Denah: ![denah-gedung.png](denah-gedung.png)"
    assert not OutboundMail.objects.filter(purpose="reply").exists()
    window.lands_in("#composer [data-editor]")
    window.press("Control+End", "Backspace")
    paste(window, "", "", ("lain.png", "image/png", PNG))
    window.shows("#composer [data-editor] img[src^='data:']")
    window.submit()
    window.shows("#timeline .formatted img")


def test_what_is_attached_stays_when_the_mail_is_refused(rini: User, seat: Seat) -> None:
    case = mine(rini)
    window = writes(seat(rini), case)
    window.type("Terlampir {product_id}")
    paste(window, "", "", ("surat.pdf", "application/pdf", b"%PDF-1.4"))
    window.lands_in("#composer textarea")
    window.forgive(422)
    window.submit()
    window.sees("{product_id}", "#composer .error, #composer [id$=_error]")
    expect(window.page.locator("#composer [data-files]")).to_have_text("surat.pdf")
    window.press("Control+a")
    window.type("Terlampir *apa adanya*")
    window.submit()
    window.shows("#timeline .mail.ours")
    mail = sent(case)
    assert not mail.formatted
    assert "Terlampir *apa adanya*" in mail.text
    assert mail.attachments.get().name == "surat.pdf"


@pytest.mark.long
def test_from_plain_to_formatted_and_back(rini: User, seat: Seat) -> None:
    case = mine(rini)
    Snippet.objects.create(owner=rini, shortcut="jam", title="Jam", body="Kami buka {agent}\nsampai {product_id}.")
    window = writes(seat(rini), case)
    words = "Yth. *Ibu*,\nbaris dua\n\n- bukan daftar"
    window.page.fill("#composer textarea[name=message]", words)
    window.press("Control+b")
    window.lands_in("#composer [data-editor]")
    window.press("Control+b", "Control+Home")
    window.page.click("[data-format=plain]")
    window.lands_in("#composer textarea")  # nothing would be lost, so nobody is asked
    assert source(window) == words
    window.press("Control+a", "Control+i")
    window.lands_in("#composer [data-editor]")
    window.press("Control+End", "Enter")
    window.type(";jam")
    window.shows("#snippets [role=option][aria-selected=true]")
    window.press("Enter")
    expect(window.page.locator("#composer [data-editor]")).to_contain_text("sampai {product_id}.")
    window.type("4700112")
    window.press("Control+End", "Enter")
    window.page.click("[data-snippets]")
    window.shows("#snippets [role=option][aria-selected=true]")
    window.press("Escape", "Backspace")
    window.type("- satu")
    window.press("Enter")
    window.type("dua ")
    window.press("Control+Shift+L")
    window.lands_in("#compose-link")
    window.type("telkom.example/x")
    window.press("Enter")
    window.lands_in("#composer [data-editor]")
    expect(window.page.locator("#composer [data-editor] a")).to_have_attribute("href", "https://telkom.example/x")
    assert "sampai 4700112." in source(window)
    window.page.click("[data-format=plain]")
    window.lands_in("[data-losing]")
    window.is_fit("rich-losing")
    window.press("Enter")
    window.lands_in("#composer textarea")
    assert source(window).startswith(words)
    assert source(window).endswith("sampai 4700112.\n\n- satu\n- dua https://telkom.example/x")
    assert window.page.input_value("#composer [name=formatted]") == ""


def test_escape_leaves_the_editor_and_the_preview_shows_it(rini: User, seat: Seat, settings: Any) -> None:
    case = mine(rini)
    window = writes(seat(rini), case)
    window.press("Control+b")
    window.lands_in("#composer [data-editor]")
    window.type("Tebal")
    paste(window, "", "", ("a.png", "image/png", PNG))
    window.shows("#composer [data-editor] img[src^='data:']")
    window.page.click("#composer [hx-target='#preview']")
    window.shows("#preview .formatted strong")
    window.shows("#preview .formatted img[src^='data:']")
    window.is_fit("rich-preview")
    window.page.locator("#composer [data-editor]").focus()
    window.press("Escape")
    assert window.focus["tag"] == "body"


DOCS = """<meta charset="utf-8"><b style="font-weight:normal;" id="docs-internal-guid-1"><p dir="ltr">
<span style="font-weight:700;font-style:italic">Tebal</span><span style="font-weight:400"> biasa</span></p>
<ul><li><p>satu</p></li><ul><li><p>dalam</p></li></ul><li><p>dua</p></li></ul>
<table><tr><td><p>a</p><p>b</p></td><td><ul><li>c</li></ul></td></tr></table></b>"""
SHEETS = """<google-sheets-html-origin><style>td {border: 1px}</style><table data-sheets-root="1"><colgroup>
<col width="100"/></colgroup><tbody><tr><td style="font-weight:bold" rowspan="2">A</td><td>x|y</td></tr>
<tr><td style="text-align:right">1</td></tr></tbody></table></google-sheets-html-origin>"""
OUTLOOK = """<html><body><div class="elementToProof"><table><tr><td>
<table><tr><td>Nama</td><td>Nomor</td></tr></table></td></tr></table></div><div>baris <i>satu</i></div>
<div>&nbsp;</div><h2>Judul</h2><blockquote>kutipan</blockquote></body></html>"""
EVIL = """<p data-pm-slice="0 0 []"><a href="java&#10;script:alert(1)">a</a><a href="data:text/html,x">b</a>
<svg/onload=alert(1)><form action=//x><input name=message value=x></form>
<iframe srcdoc="<script>alert(1)</script>"></iframe>
<math><mtext><style><img src=x onerror=alert(1)></style></mtext></math>
<p onpointerenter='alert(1)' style="background:url(//x)">c</p>"""
CAME = {
    DOCS: ["***Tebal*** biasa", "", "- satu", "  - dalam", "- dua", "", "|  |  |", "| --- | --- |", "| a b | c |"],
    SHEETS: ["|  |  |", "| --- | --: |", "| **A** | x\\|y |", "|  | 1 |"],
    OUTLOOK: ["Nama Nomor", "", "baris *satu*", "", "**Judul**", "", "kutipan"],
    EVIL: ["ab", "", "c"],
}


def test_the_clipboard_of_every_program_comes_clean(rini: User, seat: Seat) -> None:
    window = writes(seat(rini), mine(rini))
    window.press("Control+b")
    window.lands_in("#composer div[data-editor]")
    for html, wanted in CAME.items():
        window.press("Control+a", "Delete")
        paste(window, html, "kata")
        came = source(window).replace("\u2060", "").splitlines()
        assert came == wanted, html


@pytest.mark.long
def test_a_table_a_link_and_too_many_words(rini: User, seat: Seat) -> None:
    case = mine(rini)
    window = writes(seat(rini), case)
    window.press("Control+b")
    window.lands_in("#composer div[data-editor]")
    window.page.click("[data-format=table]")
    for word in ("Paket", "Harga", "Ket", "A", "1", "-", "B", "2", "-", "C"):
        window.type(word)
        window.press("Tab")
    window.press("Shift+Tab")  # Tab behind the last cell made a row
    window.page.click("[data-format=less_column]")
    window.page.click("[data-format=less_row]")
    window.page.click("[data-format=link]")
    window.lands_in("#compose-link")
    window.is_fit("rich-table")
    window.page.fill("#compose-link", "javascript:alert(1)")
    window.press("Enter")
    window.sees("https://", "#composer [data-odd]")
    window.lands_in("#compose-link[aria-invalid=true]")
    window.press("Escape")
    window.lands_in("#composer div[data-editor]")
    assert source(window).splitlines() == ["| Harga | Ket |", "| --- | --- |", "| 1 | - |", "| 2 | - |"]
    window.press("Control+End")
    paste(window, "", "kata " * 4100)
    window.shows("#composer [data-over]")
    window.forgive(422)
    window.submit()
    window.sees("20000", "#composer")
    assert not OutboundMail.objects.filter(purpose="reply").exists()
    assert source(window).count("kata") == 4100


def test_a_picture_is_dropped_where_it_shall_stand_and_a_file_beside_it(rini: User, seat: Seat) -> None:
    case = mine(rini)
    window = writes(seat(rini), case)
    window.press("Control+b")
    window.lands_in("#composer div[data-editor]")
    window.type("Denah")
    window.page.evaluate(
        """(body) => {
          const data = new DataTransfer(), bytes = Uint8Array.from(atob(body), (c) => c.charCodeAt(0));
          data.items.add(new File([bytes], "a.png", { type: "image/png" }));
          data.items.add(new File([bytes], "a.png", { type: "image/png" }));
          data.items.add(new File(["<svg onload=alert(1)>"], "b.svg", { type: "image/svg+xml" }));
          const target = document.activeElement, box = target.getBoundingClientRect();
          const at = { clientX: box.right - 20, clientY: box.top + 14, dataTransfer: data };
          for (const name of ["dragover", "drop"])
            target.dispatchEvent(new DragEvent(name, { ...at, bubbles: true, cancelable: true }));
        }""",
        b64encode(PNG).decode(),
    )
    expect(window.page.locator("#composer div[data-editor] img[src^='data:']")).to_have_count(2)
    expect(window.page.locator("#composer [data-files]")).to_have_text("a.png, a-2.png, b.svg")
    assert source(window) == "**Denah**![a.png](a.png)![a-2.png](a-2.png)"
    window.lacks("#composer.drop")
    window.submit()
    window.shows("#timeline .formatted img")
    mail = sent(case)
    assert [bool(one.content_id) for one in mail.attachments.order_by("pk")] == [True, True, False]


def test_another_step_takes_the_words_and_the_picture_along(rini: User, seat: Seat) -> None:
    case = factories.put(mine(rini), State.CLASSIFIED, kind="INFORMATION")
    window = seat(rini).open(case.get_absolute_url())
    window.press("r")
    window.lands_in("#composer textarea")
    window.press("Control+b")
    window.lands_in("#composer div[data-editor]")
    window.type("Tebal ")
    paste(window, "", "", ("a.png", "image/png", PNG))
    window.shows("#composer [data-editor] img[src^='data:']")
    words = source(window)
    with window.page.expect_response("**/compose/"):
        window.page.select_option("#compose-step", "answer_information")
    window.shows("#composer [name=related_product]")
    window.lands_in("#composer div[data-editor]")
    window.shows("#composer [data-editor] img[src^='data:']")
    assert source(window) == words == "**Tebal** ![a.png](a.png)"
    window.page.fill("#composer [name=none_fits]", "tidak ada")
    window.page.locator("#composer div[data-editor]").focus()
    with window.page.expect_response(lambda answer: "/steps/" in answer.url):
        window.press("Control+Shift+Enter")
    window.shows("#timeline .formatted strong")
    mail = OutboundMail.objects.get(case_id=case.pk, formatted=True)
    assert f"<p>{case.closing_words()}</p>" in mail.html
    assert "<strong>Tebal</strong>" in mail.html
