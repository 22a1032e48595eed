#!/usr/bin/env python3
"""Fits how sure the reader may say it is, and prints the knots for src/adapters/readers/layout/calibration.rs.

    calibrate.py CORPUS READINGS.jsonl CALIBRATION.rs

READINGS are what `ap-intake extract` printed for the PDFs and scans of CORPUS; the knots in CALIBRATION.rs, with which
they were made, are taken back first. Each knot is the share of right values around it, with what the reader said itself
counted as PRIOR more values, so that little evidence moves little, and a value with little for it is not made a good one
by others that had as little and were right; and knots never fall from one to the next.

How good that is, is told by values that were not fitted on: the invoices are split in FOLDS, all forms of one invoice
(its group) together.
"""
import math, re, sys

from judge import judged

SOURCES = {"text_pdf": "TEXT", "scan_image": "OCR"}
NAMES = {"supplier_name", "buyer_name"}
# Sums prove themselves by adding up, or do not: how sure they are is a matter of that, and stays as the rules say.
SUMS = {"net_total", "tax_total", "gross_total"}
# Where knots stand: around these lie the edges of the bins whose values are counted.
EDGES = [0.0, 0.5, 0.7, 0.8, 0.9]
KNOTS = [0.4, 0.6, 0.75, 0.85, 0.94]
# From here on nothing is changed: what is called sure beyond it has grounds that counting a few invoices can not replace.
ENDS = {"TEXT": 0.97, "OCR": 0.96}
PRIOR = 30
FOLDS = 5


def table_of(row):
    return f"{SOURCES[row['kind']]}_{'NAMES' if row['field'] in NAMES else 'VALUES'}"


def end_of(table):
    return ENDS[table.split("_")[0]]


def points(table, knots):
    end = end_of(table)
    return [(0.0, 0.0), *knots, (end, end)]


def mapped(confidence, pairs):
    for (x0, y0), (x1, y1) in zip(pairs, pairs[1:]):
        if confidence <= x1:
            return y0 + (y1 - y0) * (confidence - x0) / (x1 - x0) if x1 > x0 else y1
    return confidence


def present(path):
    """The knots that the program has now, by table."""
    with open(path, encoding="utf-8") as file:
        source = file.read()
    found = re.findall(r"const (\w+): Knots = \[(.*?)\];", source, re.S)
    return {name: [tuple(map(float, pair)) for pair in re.findall(r"\(([\d.]+), ([\d.]+)\)", body)] for name, body in found}


def fitted(table, rows):
    """Knots that do not fall: neighbours that would are one (the method of pool adjacent violators)."""
    blocks = []
    for at, knot in enumerate(KNOTS):
        upper = EDGES[at + 1] if at + 1 < len(EDGES) else end_of(table)
        inside = [row for row in rows if EDGES[at] <= row["raw"] + 1e-4 < upper]
        weight = len(inside) + PRIOR
        blocks.append([(sum(row["right"] for row in inside) + PRIOR * knot) / weight, weight, [knot]])
        while len(blocks) > 1 and blocks[-2][0] > blocks[-1][0]:
            value, weight, knots = blocks.pop()
            blocks[-1] = [
                (blocks[-1][0] * blocks[-1][1] + value * weight) / (blocks[-1][1] + weight),
                blocks[-1][1] + weight,
                blocks[-1][2] + knots,
            ]
    most = end_of(table) - 0.005
    return [(knot, round(min(value, most), 3)) for value, _, knots in blocks for knot in knots]


def loss(rows, name):
    share = lambda row: min(max(row[name], 0.001), 0.999)
    brier = sum((row[name] - row["right"]) ** 2 for row in rows) / len(rows)
    log = -sum(math.log(share(row) if row["right"] else 1 - share(row)) for row in rows) / len(rows)
    off = sum(row[name] - row["right"] for row in rows) / len(rows)
    sure = [row for row in rows if row[name] >= 0.975]
    wrong = sum(not row["right"] for row in sure)
    return f"Brier {brier:.4f}, log loss {log:.4f}, said minus right {off:+.3f}, sure {len(sure)} of which wrong {wrong}"


def main():
    corpus, readings, constants = sys.argv[1:4]
    rows = [row for row in judged(corpus, readings) if row["kind"] in SOURCES and row["field"] not in SUMS]
    before = present(constants)
    for row in rows:
        knots = before.get(table_of(row))
        back = [(y, x) for x, y in points(table_of(row), knots)] if knots else [(0.0, 0.0), (1.0, 1.0)]
        row["raw"] = mapped(row["confidence"], back)
    tables = sorted({table_of(row) for row in rows})
    groups = sorted({row["group"] for row in rows})
    fold = {group: at % FOLDS for at, group in enumerate(groups)}
    for left_out in range(FOLDS):
        for table in tables:
            mine = [row for row in rows if table_of(row) == table]
            knots = fitted(table, [row for row in mine if fold[row["group"]] != left_out])
            for row in mine:
                if fold[row["group"]] == left_out:
                    row["fitted"] = mapped(row["raw"], points(table, knots))
    for kind in SOURCES:
        mine = [row for row in rows if row["kind"] == kind]
        print(f"{kind}: as read   {loss(mine, 'raw')}\n{'':{len(kind)}}  calibrated {loss(mine, 'fitted')} (of invoices left out)")
    for table in tables:
        knots = fitted(table, [row for row in rows if table_of(row) == table])
        print(f"const {table}: Knots = [{', '.join(f'({x}, {y})' for x, y in knots)}];")


if __name__ == "__main__":
    main()
