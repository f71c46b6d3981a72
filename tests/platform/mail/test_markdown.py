"""Formatted mails: what the dialect says, and what it cannot be made to say."""

from __future__ import annotations

import re
import sys
from collections.abc import Callable
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from lxml import html as tree

from tenesa.mail import markdown

WRITTEN = """\
Yth. *Ibu*, **harga** baru di [laman kami](https://telkom.example/a_b):
baris kedua

- satu
- dua
  - dalam

3. tiga
4. empat

| Paket | Harga |
|---|--:|
| 50 Mbps | 275.000 |
| 100 \\| 200 Mbps | [147](tel:147) |

![denah.png](denah.png)"""


def test_it_draws_what_people_format() -> None:
    drawn = markdown.mail_html(WRITTEN, {"denah.png": "1@telkom.example"})
    root = tree.fragment_fromstring(drawn, create_parent="div")
    assert [root.xpath(f"string(//{tag})") for tag in ("em", "strong", "a")] == ["Ibu", "harga", "laman kami"]
    assert root.xpath("//a/@href") == ["https://telkom.example/a_b", "tel:147"]
    assert [one.text.strip() for one in root.xpath("//ul/li")] == ["satu", "dua", "dalam"]
    assert root.xpath("//ol/@start") == ["3"]
    assert root.xpath("//th/text()") == ["Paket", "Harga"]
    assert root.xpath("//td[@align='right']//text()") == ["275.000", "147"]
    assert all("border:1px" in style for style in root.xpath("//td/@style"))
    assert root.xpath("//img/@src") == ["cid:1@telkom.example"]
    assert "<br>" in drawn


def test_it_reads_as_text() -> None:
    assert (
        markdown.text(WRITTEN)
        == """\
Yth. Ibu, harga baru di laman kami (https://telkom.example/a_b):
baris kedua

- satu
- dua
  - dalam

3. tiga
4. empat

Paket          | Harga
------------------------
50 Mbps        | 275.000
100 | 200 Mbps | 147

[gambar: denah.png]"""
    )


def test_a_wide_table_is_not_aligned_and_an_empty_head_is_none() -> None:
    wide = f"| | |\n|--|--|\n| {'kata ' * 12}| x |\n| b | {'kata ' * 12}|"
    assert markdown.text(wide).splitlines()[1].startswith("b | kata")
    assert "<th" not in markdown.mail_html(wide, {})


def test_our_pages_get_it_without_styles_and_with_our_own_pictures() -> None:
    sent = markdown.mail_html(WRITTEN + "\n![x](x.png)", {"denah.png": "1@telkom.example", "x.png": "2@telkom.example"})
    shown = markdown.page_html(
        f"<html><body style='x'>{sent}</body>", {"1@telkom.example": "/mail/sent-files/5/picture/"}
    )
    root = tree.fragment_fromstring(shown, create_parent="div")
    assert not root.xpath("//@style")
    assert root.xpath("//img/@src") == ["/mail/sent-files/5/picture/"]  # nobody asks for the other one
    assert set(root.xpath("//a/@target")) == {"_blank"}


HOSTILE = r"""
[x](javascript:alert(1))
[x](JaVaScRiPt:alert(1))
[x](java\tscript:alert(1))
[x](<java\\\nscript:alert(1)>)
[x](&#106;avascript:alert(1))
[x](javascript&colon;alert(1))
[x](\x01javascript:alert(1))
[x](<  javascript:alert(1)>)
[x](vbscript:msgbox)
[x](data:text/html;base64,PHNjcmlwdD4=)
![x](javascript:alert(1))
![x](data:image/svg+xml;base64,PHN2Zz4=)
![x](https://elsewhere.example/x.png)
![x](//elsewhere.example/x.png)
[x](file:///etc/passwd)
[x](blob:https://a/b)
[x](//evil.example)
[x](/mail/1/original/)
<script>alert(1)</script>
<img src=x onerror=alert(1)>
<svg/onload=alert(1)>
<https://auto.example>
[x][y]\n\n[y]: javascript:alert(1)
[x](https://a.example "" onclick=alert(1))
[x](https://a.example "\\" onclick=alert(1) x=")
![" onerror=alert(1) x="](x.png)
**<b onclick=x>**
| <td onclick=x> |\n|--|\n| <script>x</script> |
&lt;script&gt;alert(1)&lt;/script&gt;
[<img src=x>](https://a.example)
<style>*{x:y}</style>
<!-- x -->
<![CDATA[<script>]]>
```\n<script>\n```
    <script>
# a\n<iframe src=//x>
[x](https://a.example\\" onmouseover=alert(1))
![x](x.png" onerror="alert(1))
[![x](x.png)](javascript:alert(1))
""".strip("\n").splitlines()
NAMES = {name: f"{number}@telkom.example" for number, name in enumerate(["x.png", '" onerror=alert(1) x="'], 1)}
HARMLESS = re.compile("p|br|strong|em|b|ul|ol|li|a|img|table|thead|tbody|tr|th|td|div")


def is_harmless(drawn: str) -> None:
    root = tree.fragment_fromstring(drawn, create_parent="div")
    for element in root.iter():
        assert HARMLESS.fullmatch(element.tag)
        for name, value in element.attrib.items():
            assert name in {"href", "title", "rel", "target", "src", "alt", "start", "align", "style"}, (name, drawn)
            if name == "href":
                assert re.match(r"https?://[^/]|mailto:|tel:", value), drawn
            if name == "src":
                assert value.startswith(("cid:", "/mail/sent-files/")), drawn
            if name == "style":
                assert not re.search(r"url|expression|\\|script", value)


def every_drawing(source: str) -> list[str]:
    sent = markdown.mail_html(source, NAMES)
    return [sent, markdown.page_html(sent, {"1@telkom.example": "/mail/sent-files/1/picture/"})]


@pytest.mark.parametrize("source", HOSTILE)
def test_nothing_acts_and_nothing_calls_out(source: str) -> None:
    source = source.encode().decode("unicode_escape")
    for drawn in every_drawing(source):
        is_harmless(drawn)
    markdown.text(source)


PARTS = st.sampled_from(
    [
        *"*_[]()<>|\\!`#-+.:1\n \t\"'&;\u2060\u202e\u200b\0\u2028aé🙂",
        *("**", "](", "![", "\n\n", "- ", "1. ", "|--|\n", "x.png"),
        *("javascript:", "https://a.example", "data:", "<script>", "</p>", "&#x3c;"),
    ]
)


@given(st.lists(PARTS, max_size=60).map("".join))
@settings(max_examples=400, deadline=None)
def test_whatever_is_written_is_harmless(source: str) -> None:
    for drawn in every_drawing(source):
        is_harmless(drawn)
    markdown.text(source)
    markdown.refusals(source)


@given(st.lists(st.text(st.sampled_from([*"*_[]()<>|\\!`#-+.:;10&~ab é"]), max_size=12), max_size=6).map("\n".join))
@settings(max_examples=400, deadline=None)
def test_plain_words_as_markdown_say_the_same(words: str) -> None:
    said = markdown.text(markdown.literal(words))
    assert [line.strip() for line in said.split("\n") if line.strip()] == [
        line.strip() for line in words.split("\n") if line.strip()
    ]


@pytest.mark.parametrize(
    "address", ["javascript:x", "data:text/html,x", "ftp://a.example", "a.example", "/x", "", "vbscript:x", "https://"]
)
def test_a_link_that_leads_nowhere_is_refused_in_words(address: str) -> None:
    [words] = markdown.refusals(f"[kata](<{address}>)")
    assert f"“{address}”" in words
    assert markdown.refusals("[a](https://a.example) [b](mailto:a@b.example) [c](tel:147) [d](HTTP://A.EXAMPLE)") == []


def test_a_link_says_where_it_goes() -> None:
    for words in (
        "https://bank.example",
        "bank.example",
        "www.bank.example/masuk",
        "bank\u2024example",
        "bank.exam\u200bple",
    ):
        assert "[→ jahat.example]" in markdown.mail_html(f"[{words}](https://jahat.example/x)", {}), words
        assert "(https://jahat.example/x)" in markdown.text(f"[{words}](https://jahat.example/x)")
    assert "→" not in markdown.mail_html("[telkom.example](https://telkom.example/x)", {})
    assert "[→ lain@jahat.example]" in markdown.mail_html("[cs@bank.example](mailto:lain@jahat.example)", {})


@pytest.mark.parametrize(
    "odd", ["\0", "\ud800", "\ufffe", "\u202e", "%00", "%EF%BF%BE", "%ED%A0%80", "%E2%80%AE", "%0A"]
)
def test_no_letter_breaks_a_mail_or_the_database(odd: str) -> None:
    for source in (
        f"a{odd}b",
        f"[cs@bank.example](mailto:x{odd}@b.example)",
        f"[bank{odd}.example](https://a.example/{odd})",
        f"![{odd}](a{odd}.png)",
        f"|{odd}|\n|--|\n|{odd}|",
    ):
        for said in (markdown.text(source), *every_drawing(source), markdown.editable_html(source)):
            assert not re.search("[\0\ud800-\udfff\ufffe\u202e]", said)
        markdown.refusals(source)


def test_what_turns_or_hides_words_is_left_out() -> None:
    source = "[\u202eelpmaxe.knab\u202c](https://jahat.example) a\u2066b\x07c\u200fd\ufeff"
    for said in (markdown.text(source), *every_drawing(source)):
        assert not re.search("[\u202a-\u202e\u2066-\u2069\u200e\u200f\x07\ufeff]", said)
    assert "👩\u200d👧" in markdown.text("👩\u200d👧")  # joined on purpose


def test_words_are_not_lost_in_depth() -> None:
    deep = "\n".join(f"{'  ' * level}- tingkat {level}" for level in range(9))
    assert markdown.refusals(deep) == []
    assert "tingkat 8" in markdown.text(deep)
    for source in ("\n".join(f"{'  ' * level}- a" for level in range(12)), "- " * 200 + "a", "1. " * 5000 + "a"):
        assert len(markdown.refusals(source)) == 1


def test_a_table_that_grows_by_itself_is_refused() -> None:
    assert len(markdown.refusals("|" + "a|" * 4000 + "\n|" + "-|" * 4000 + "\n" + "|\n" * 2000)) == 1
    assert markdown.refusals("|a|b|\n|-|-|\n" + "|1|2|\n" * 2400) == []


def test_unfinished_marks_are_words() -> None:
    for source in ("**tebal", "[kata](https://a.example", "| a | b", "| a | b |\n|--", "![x", "a ** b", "`x`", "# y"):
        assert markdown.text(source) == source


def calls(function: Callable[[], Any]) -> int:
    """How many functions are called: a measure of work that no busy machine changes."""
    counted = 0

    def count(_frame: Any, event: str, _argument: Any) -> None:
        nonlocal counted
        counted += event in {"call", "c_call"}

    before = sys.getprofile()
    sys.setprofile(count)
    try:
        function()
    finally:
        sys.setprofile(before)
    return counted


@pytest.mark.parametrize(
    "part",
    [
        *("[", "![", "[a](", "[a](<", "*a ", "**", "a**b", "*_", "\\", "- ", "-\n", "1. a\n", "a\n\n", "a|b\n", "[]"),
        *("[a]()", "![a](b)", "[![", '[a](b "', "|x\n-|\n", "<", "&", "_a_", "[x](https://a.example) "),
        "[bank.example](https://a.example)",
    ],
)
def test_the_work_grows_with_the_words_and_not_faster(part: str) -> None:
    def work(size: int) -> int:
        source = part * (size // len(part))
        return calls(lambda: (markdown.mail_html(source, {}), markdown.text(source), markdown.refusals(source)))

    work(100)
    assert work(8_000) < 2.6 * work(4_000)


def test_ten_thousand_rows_are_drawn() -> None:
    drawn = markdown.mail_html("|a|b|\n|-|-|\n" + "|1|2|\n" * 10_000, {})
    assert drawn.count("<tr>") == 10_001
