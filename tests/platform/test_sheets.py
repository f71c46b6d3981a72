"""Files that are no table, or that swell when unpacked, are told; what is in the others comes back as it was."""

from __future__ import annotations

import struct
from io import BytesIO
from zipfile import ZIP_DEFLATED, ZipFile

import pytest
from xlsxwriter import Workbook as Written

from tenesa import sheets
from tenesa.sheets import Limits, NotASheet, SeparatedText, Workbook, day_of
from tenesa.sheets.cells import address
from tenesa.sheets.styles import shows_day
from tenesa.sheets.texts import Texts

OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\0" * 2000
BOOK = '<workbook><sheets><sheet name="A" sheetId="1" r:id="rId1"/></sheets></workbook>'
RELATIONS = '<Relationships><Relationship Id="rId1" Target="worksheets/sheet1.xml"/></Relationships>'
STYLES = (
    '<styleSheet><numFmts><numFmt numFmtId="170" formatCode="[$-421]dd\\ mmmm\\ yyyy;@"/></numFmts>'
    '<cellXfs><xf numFmtId="0"/><xf numFmtId="14"/><xf numFmtId="170"/><xf numFmtId="20"/></cellXfs></styleSheet>'
)


def packed(sheet: str | bytes, **parts: str) -> BytesIO:
    """A workbook of one sheet, written by hand; other parts by name, "_" for "/"."""
    file = BytesIO()
    with ZipFile(file, "w", ZIP_DEFLATED) as book:
        book.writestr("xl/workbook.xml", parts.pop("book", BOOK))
        book.writestr("xl/_rels/workbook.xml.rels", RELATIONS)
        book.writestr("xl/worksheets/sheet1.xml", sheet)
        book.writestr("xl/styles.xml", STYLES)
        for name, content in parts.items():
            book.writestr(f"xl/{name}.xml", content)
    return file


def sheet(*rows: str) -> str:
    return f"<worksheet><sheetData>{''.join(rows)}</sheetData></worksheet>"


def read(file: BytesIO, limits: Limits = Limits()) -> list[list[sheets.Cell]]:  # noqa: B008
    with Workbook(file, limits) as book:
        return [row.cells for row in book.rows(book.sheets[0])]


def refused(file: BytesIO, limits: Limits = Limits()) -> str:  # noqa: B008
    with pytest.raises(NotASheet) as problem:
        read(file, limits)
    return str(problem.value)


# --- cells -----------------------------------------------------------------------------------------------------------
@pytest.mark.parametrize(
    ("cell", "value"),
    [
        ("<c><v>1.22055500001E+11</v></c>", 122055500001),
        ("<c><v>350000.0</v></c>", 350000),
        ("<c><v>0.1</v></c>", 0.1),
        ('<c t="str"><f>A1</f><v>teks</v></c>', "teks"),
        ('<c t="inlineStr"><is><t>  Se</t><r><t>kar </t></r></is></c>', "Sekar"),
        ('<c t="inlineStr"><is><t>東京</t><rPh sb="0" eb="2"><t>とうきょう</t></rPh></is></c>', "東京"),
        ('<c t="b"><v>1</v></c>', "TRUE"),
        ('<c t="e"><v>#N/A</v></c>', "#N/A"),
        ('<c t="d"><v>2026-09-20T00:00:00</v></c>', "20/09/2026"),
        ('<c s="1"><v>46000</v></c>', "09/12/2025"),
        ('<c s="2"><v>46000.5</v></c>', "09/12/2025 12:00:00"),
        ('<c s="3"><v>0.5</v></c>', 0.5),
        ('<c s="1"><v>122055500001</v></c>', 122055500001),
        ("<c><f>SUM(A1)</f></c>", "#?"),
        ('<c t="inlineStr"><is><t>a_x000D_b&amp;_x0000__xD800_</t></is></c>', "a\rb&"),
        ("<x:c><x:v>7</x:v></x:c>", 7),
    ],
)
def test_it_reads_cells_of_every_kind(cell, value):
    assert read(packed(sheet(f"<row>{cell}</row>"))) == [[value]]


def test_days_of_old_macintoshes_are_counted_from_1904():
    book = BOOK.replace("<sheets>", '<workbookPr date1904="1"/><sheets>')
    assert read(packed(sheet('<row><c s="1"><v>44538</v></c></row>'), book=book)) == [["09/12/2025"]]


def test_places_rows_and_hiding_are_kept():
    file = packed(
        sheet(
            '<row r="2"><c r="C2"><v>1</v></c><c r="E2"><v>2</v></c></row>',
            '<row r="7" hidden="1"><c><v>3</v></c></row>',
        )
    )
    with Workbook(file) as book:
        assert [tuple(row) for row in book.rows(book.sheets[0])] == [(2, ["", "", 1, "", 2], False), (7, [3], True)]


def test_shared_texts_come_by_number_in_any_order():
    texts = "".join(f"<si><t>{n}</t></si>" for n in range(1000))
    cells = "".join(f'<c t="s"><v>{n}</v></c>' for n in (999, 0, 500, 64, 63, 1000))
    file = packed(sheet(f"<row>{cells}</row>"), sharedStrings=f"<sst>{texts}</sst>")
    assert read(file) == [["999", "0", "500", "64", "63"]]


def test_shared_texts_are_read_only_as_far_as_they_are_asked_for():
    texts = "".join(f"<si><t>{n}</t></si>" for n in range(100_000))
    rows = [f'<row><c t="s"><v>{n}</v></c></row>' for n in (*[0] * 5000, 99_999)]
    with Workbook(packed(sheet(*rows), sharedStrings=f"<sst>{texts}</sst>")) as book:
        found = book.rows(book.sheets[0])
        assert next(found).cells == ["0"]
        assert book._text("0") == "0"
        assert book._texts is not None
        assert 0 < book._texts.count < 100_000
        assert list(found)[-1].cells == ["99999"]


def test_texts_that_do_not_fit_in_memory_are_read_again(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr("tenesa.sheets.texts.KEPT", 100)
    with Texts() as texts:
        for n in range(1000):
            texts.append(f"Pelanggan é {n}")
        assert [texts[n] for n in (0, 999, 1, 998)] == [f"Pelanggan é {n}" for n in (0, 999, 1, 998)]
        assert texts[1000] == ""


@pytest.mark.parametrize(
    ("code", "day"),
    [("dd/mm/yyyy", True), ("mmm-yy", True), ("[$-409]d-mmm-yy;@", True), ("General", False), ("0.00", False),
     ('#,##0 "hari"', False), ("hh:mm:ss", False), ("[Red]0", False), ("_-Rp* #,##0_-", False)],
)  # fmt: skip
def test_formats_that_show_a_day(code, day):
    assert shows_day(code) is day


def test_addresses_and_days():
    assert [address(place, 5) for place in (0, 25, 26, 701, 702)] == ["A5", "Z5", "AA5", "ZZ5", "AAA5"]
    assert f"{day_of('46000')} {day_of('9/12/2025')}" == "2025-12-09 2025-12-09"
    assert day_of("31/02/2026") is None
    assert day_of("kemarin") is None


# --- what is no table ------------------------------------------------------------------------------------------------
@pytest.mark.parametrize(
    ("content", "words"),
    [
        (b"", "kosong"),
        (OLE + "Workbook".encode("utf-16-le"), "XLS lama"),
        (OLE + "EncryptedPackage".encode("utf-16-le"), "kata sandi"),
        (b"\x09\x08\x10\x00\x00\x06\x05\x00", "XLS lama"),
        (b"<html><body><table><tr><td>1</td></tr></table>", "halaman web"),
        (b"\xef\xbb\xbf\n<!DOCTYPE html><HTML><TABLE>", "halaman web"),
        ("<table><tr>".encode("utf-16"), "halaman web"),
        (b"MIME-Version: 1.0\r\nContent-Type: multipart/related", "halaman web"),
        (b'<?xml version="1.0"?><Workbook xmlns="urn:schemas-microsoft-com:office:spreadsheet">', "Excel 2003"),
        (b"%PDF-1.7", "PDF"),
        (b"PK\x03\x04 and nothing more", "bukan berkas XLSX"),
        (b"fastel;nama\n", "bukan berkas XLSX"),
    ],
)
def test_what_is_no_workbook_is_told(content, words):
    assert words in refused(BytesIO(content))


@pytest.mark.parametrize(
    "content", [OLE, b"<html><table>", b"%PDF-1.7", b"PK\x03\x04", b"a;b\n\0\0", "a;b\0".encode("utf-16")]
)
def test_what_is_no_text_is_told(content):
    with pytest.raises(NotASheet):
        SeparatedText(BytesIO(content))


def test_what_is_neither_is_told_as_such():
    """Whoever hands in a broken XLSX is not told of texts alone."""
    with pytest.raises(NotASheet, match=r"buku kerja \(XLSX\) maupun teks \(CSV\)"):
        SeparatedText(BytesIO(bytes(range(256)) * 8))


@pytest.mark.parametrize(
    ("part", "words"), [("xl/workbook.bin", "XLSB"), ("content.xml", "OpenDocument"), ("nota.txt", "bukan berkas XLSX")]
)
def test_other_packed_files_are_told(part, words):
    file = BytesIO()
    with ZipFile(file, "w") as book:
        book.writestr(part, "x")
    assert words in refused(file)


def test_a_part_with_a_password_is_told():
    file = packed(sheet())
    content = bytearray(file.getvalue())
    at = content.index(b"PK\x01\x02")
    content[at + 8] |= 1
    assert "kata sandi" in refused(BytesIO(bytes(content)))


# --- what swells -----------------------------------------------------------------------------------------------------
def test_a_part_that_is_declared_too_large_is_not_unpacked():
    assert "terlalu besar" in refused(packed(sheet("<row><c><v>1</v></c></row>") + " " * 10_000), Limits(part=5_000))


def test_no_more_is_unpacked_than_the_rows_asked_for_need():
    with Workbook(packed(sheet("<row><c><v>1</v></c></row>") + " " * 200_000)) as book:
        found = book.rows(book.sheets[0], most=100_000)
        assert next(found).cells == [1]
        with pytest.raises(NotASheet, match="terlalu besar"):
            next(found)


def test_many_parts_that_are_too_large_together_are_not_unpacked():
    assert "terlalu besar" in refused(packed(sheet(), note=" " * 5_000), Limits(whole=4_000))


def test_a_part_that_swells_too_much_is_not_unpacked():
    assert "terlalu besar" in refused(packed(sheet() + " " * 40 * 2**20))


def test_a_part_that_lies_about_its_size_is_damaged():
    real = packed(sheet("<row><c><v>1</v></c></row>") + " " * 5 * 2**20).getvalue()
    size = len(sheet("<row><c><v>1</v></c></row>")) + 5 * 2**20
    assert "rusak" in refused(BytesIO(real.replace(struct.pack("<I", size), struct.pack("<I", 100))))


def test_a_tag_without_end_is_damaged():
    assert "rusak" in refused(packed(sheet() + f'<c r="{"A" * 20 * 2**20}"', note=""), Limits(ratio=10_000))


def test_a_doctype_is_refused():
    assert "DTD" in refused(packed(f'<!DOCTYPE x [<!ENTITY a "aaaa">]>{sheet()}'))


@pytest.mark.parametrize(
    "broken",
    [sheet('<row r="2"/><row r="2"/>'), sheet('<row r="1048577"/>'), sheet('<row r="-1"/>'), "<worksheet><row>", "x"],
)
def test_broken_sheets_are_damaged(broken):
    assert "rusak" in refused(packed(broken))


def test_broken_bytes_are_damaged():
    content = bytearray(packed(sheet("<row><c><v>1</v></c></row>" * 50)).getvalue())
    at = content.index(b"sheet1.xml") + 40
    content[at : at + 8] = b"\xff" * 8
    assert "rusak" in refused(BytesIO(bytes(content)))


def test_cells_far_to_the_right_and_long_texts_are_cut():
    long = "x" * 40_000
    found = read(packed(sheet(f'<row><c t="inlineStr"><is><t>{long}</t></is></c><c r="XFD1"><v>1</v></c></row>')))
    assert found == [[long[:32_767]]]


# --- texts -----------------------------------------------------------------------------------------------------------
def test_a_quote_without_end_is_told_with_its_line():
    text = SeparatedText(BytesIO(b'a;b\n"' + b"x" * 200_000))
    with pytest.raises(NotASheet, match="tanda kutip"):
        list(text.rows(";"))


def test_a_text_is_read_as_cp1252_where_it_is_no_utf_8():
    content = b"a" * 70_000 + b";caf\xe9\n"
    assert next(SeparatedText(BytesIO(content)).rows(";")).cells[1] == "café"


def test_the_small_lists_read_the_first_sheet():
    file = BytesIO()
    with Written(file) as book:
        book.add_worksheet().write_row(2, 1, [122055500001.0, "teks"])
    assert list(sheets.rows(file)) == [(3, ["", "122055500001", "teks"])]
