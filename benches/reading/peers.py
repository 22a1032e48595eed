#!/usr/bin/env python3
"""Reads documents with another program's library, in the format that the corpus's score.py takes.

    peers.py invoice2data|facturx WORKERS OUTPUT.jsonl FILE…

Prints one JSON object: seconds for all files, and milliseconds of each. Starting Python, importing the library and
loading its templates are not counted. Nothing limits what a document may do to the library: it runs in the same process.
"""
import json, logging, multiprocessing, sys, time

logging.disable(logging.CRITICAL)


def text(value):
    return None if value is None else str(value)


def without_none(fields):
    return {name: text(value) for name, value in fields.items() if value is not None}


class Invoice2data:
    """With the templates that it brings, and the text readers it takes by itself."""

    def __init__(self):
        from invoice2data import extract_data
        from invoice2data.extract.loader import read_templates

        self.extract, self.templates = extract_data, read_templates()

    def read(self, path):
        got = self.extract(path, self.templates) or {}
        date = lambda name: got[name].strftime("%Y-%m-%d") if hasattr(got.get(name), "strftime") else got.get(name)
        fields = {
            "invoice_number": got.get("invoice_number"),
            "issue_date": date("date"),
            "due_date": date("date_due"),
            "currency": got.get("currency"),
            "supplier_name": got.get("issuer"),
            "supplier_vat_id": got.get("vat"),
            "iban": got.get("iban"),
            "net_total": got.get("amount_untaxed"),
            "tax_total": got.get("amount_tax"),
            "gross_total": got.get("amount"),
        }
        named = [line for line in got.get("lines") or [] if line.get("name") or line.get("price_subtotal")]
        lines = [
            without_none({
                "description": line.get("name"),
                "quantity": line.get("qty"),
                "unit_price": line.get("price_unit"),
                "net": line.get("price_subtotal"),
                "tax_rate": line.get("line_tax_percent"),
            })
            for line in named
        ]
        return without_none(fields), lines


class Facturx:
    """The XML in the PDF, or the file itself, as the terms of EN 16931."""

    def __init__(self):
        from facturx import get_xml_from_pdf
        from facturx.parse_xml import parse_ubl_cii_xml

        self.from_pdf, self.parse = get_xml_from_pdf, parse_ubl_cii_xml

    def read(self, path):
        with open(path, "rb") as file:
            document = file.read()
        if path.endswith(".pdf"):
            _, document = self.from_pdf(document, check_xsd=False)
        got = self.parse(document, check_xsd=False)
        first = lambda value: value[0] if isinstance(value, list) and value else value
        seller, buyer = got.get("BG-4") or {}, got.get("BG-7") or {}
        fields = {
            "invoice_number": got.get("BT-1"),
            "issue_date": got.get("BT-2"),
            "due_date": got.get("BT-9"),
            "currency": got.get("BT-5"),
            "supplier_name": seller.get("name"),
            "supplier_vat_id": seller.get("vat_identifier"),
            "buyer_name": buyer.get("name"),
            "iban": first(got.get("BT-84")),
            "net_total": got.get("BT-109"),
            "tax_total": first(got.get("BT-110")),
            "gross_total": got.get("BT-112"),
        }
        lines = [
            without_none({
                "description": line.get("BT-153"),
                "quantity": line.get("BT-129"),
                "unit_price": line.get("BT-146"),
                "net": line.get("BT-131"),
                "tax_rate": line.get("BT-152"),
            })
            for line in got.get("BG-25") or []
        ]
        return without_none(fields), lines


READERS = {"invoice2data": Invoice2data, "facturx": Facturx}
reader = None


def start(name):
    global reader
    reader = READERS[name]()


def ready(_):
    """Keeps a worker busy long enough for every one of them to be asked once."""
    time.sleep(0.2)


def read(path):
    began = time.perf_counter()
    try:
        fields, lines = reader.read(path)
    # Whatever a library throws at a file that it can not read: it has no answer for this one.
    except Exception:
        fields, lines = {}, []
    return {"file": path, "fields": fields, "lines": lines, "ms": (time.perf_counter() - began) * 1000}


def main():
    name, workers, output, files = sys.argv[1], int(sys.argv[2]), sys.argv[3], sys.argv[4:]
    if workers == 1:
        start(name)
        began = time.perf_counter()
        readings = list(map(read, files))
        seconds = time.perf_counter() - began
    else:
        with multiprocessing.Pool(workers, start, (name,)) as pool:
            pool.map(ready, range(workers), chunksize=1)
            began = time.perf_counter()
            readings = pool.map(read, files, chunksize=1)
            seconds = time.perf_counter() - began
    with open(output, "w", encoding="utf-8") as file:
        file.writelines(json.dumps(reading) + "\n" for reading in readings)
    print(json.dumps({"seconds": seconds, "milliseconds": [reading["ms"] for reading in readings]}))


if __name__ == "__main__":
    main()
