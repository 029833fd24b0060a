"""workbooks.py - .xlsx files by hand: zip and XML of the standard library, and nothing of ours.

    write(path, [("事项", [["事项编码", "事项名称"], ["001", "取水许可"]])])

A cell is a text (an inline string), or Xml for what stands in <c …>…</c> itself, or None: not there.
"""

import xml.etree.ElementTree as tree
import zipfile
from xml.sax.saxutils import escape, quoteattr

MAIN = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
REL = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
PACKAGE = "http://schemas.openxmlformats.org/package/2006/relationships"
ROOT_RELS = (f'<Relationships xmlns="{PACKAGE}"><Relationship Id="rId1" Type="{REL}/officeDocument"'
             ' Target="xl/workbook.xml"/></Relationships>')


class Xml(str):
    """The whole <c> element; {r} is where it stands."""


def column(number):
    letters = ""
    while number:
        number, rest = divmod(number - 1, 26)
        letters = chr(65 + rest) + letters
    return letters


def cell(value, place):
    if isinstance(value, Xml):
        return value.replace("{r}", place)
    return f'<c r="{place}" t="inlineStr"><is><t xml:space="preserve">{escape(value)}</t></is></c>'


def sheet_xml(rows, after=""):
    lines = []
    for number, row in enumerate(rows, 1):
        cells = "".join(cell(value, f"{column(at)}{number}")
                        for at, value in enumerate(row, 1) if value is not None)
        if cells:
            lines.append(f'<row r="{number}">{cells}</row>')
    return f'<worksheet xmlns="{MAIN}"><sheetData>{"".join(lines)}</sheetData>{after}</worksheet>'


def parts(sheets, strings=None):
    """name → text of all parts. sheets: (name, rows or the XML of the sheet)."""
    made = {"_rels/.rels": ROOT_RELS}
    book = relations = ""
    for number, (name, rows) in enumerate(sheets, 1):
        xml = rows if isinstance(rows, str) else sheet_xml(rows)
        made[f"xl/worksheets/sheet{number}.xml"] = xml
        book += f'<sheet name={quoteattr(name)} sheetId="{number}" r:id="rId{number}"/>'
        relations += (f'<Relationship Id="rId{number}" Type="{REL}/worksheet" '
                      f'Target="worksheets/sheet{number}.xml"/>')
    if strings is not None:
        made["xl/sharedStrings.xml"] = strings
        relations += (f'<Relationship Id="rIdS" Type="{REL}/sharedStrings" '
                      'Target="/xl/sharedStrings.xml"/>')
    made["xl/workbook.xml"] = (f'<workbook xmlns="{MAIN}" xmlns:r="{REL}"><sheets>{book}</sheets>'
                               '</workbook>')
    made["xl/_rels/workbook.xml.rels"] = (f'<Relationships xmlns="{PACKAGE}">{relations}'
                                          '</Relationships>')
    return made


def write_parts(path, made):
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as book:
        for name, text in made.items():
            book.writestr(name, text)
    return path


def write(path, sheets, strings=None):
    return write_parts(path, parts(sheets, strings))


def read(path):
    """A workbook as {sheet: {"A1": (text, is_text)}}, its frozen rows, bold cells and widths."""
    space = {"m": MAIN, "p": PACKAGE}
    with zipfile.ZipFile(path) as book:
        strings = [
            "".join(piece.text or "" for piece in item.iter(f"{{{MAIN}}}t"))
            for item in tree.fromstring(book.read("xl/sharedStrings.xml")).findall("m:si", space)]
        styles = tree.fromstring(book.read("xl/styles.xml"))
        fonts = styles.findall("m:fonts/m:font", space)
        bold = [fonts[int(style.get("fontId"))].find("m:b", space) is not None
                for style in styles.findall("m:cellXfs/m:xf", space)]
        targets = {one.get("Id"): one.get("Target")
                   for one in tree.fromstring(book.read("xl/_rels/workbook.xml.rels"))}
        sheets = {}
        for sheet in tree.fromstring(book.read("xl/workbook.xml")).find("m:sheets", space):
            xml = tree.fromstring(book.read("xl/" + targets[sheet.get(f"{{{REL}}}id")]))
            cells = {}
            for one in xml.iter(f"{{{MAIN}}}c"):
                value = one.find("m:v", space)
                is_text = one.get("t") == "s"
                if value is not None:
                    text = strings[int(value.text)] if is_text else value.text
                    cells[one.get("r")] = (text, is_text, bold[int(one.get("s", 0))])
            pane = xml.find("m:sheetViews/m:sheetView/m:pane", space)
            widths = [float(one.get("width")) for one in xml.iter(f"{{{MAIN}}}col")]
            sheets[sheet.get("name")] = {
                "cells": cells, "widths": widths,
                "frozen": (pane.get("ySplit"), pane.get("state")) if pane is not None else None}
        return sheets
