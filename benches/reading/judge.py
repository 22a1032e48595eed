#!/usr/bin/env python3
"""Which values of readings are right, and how sure the reader was of them.

    judge.py CORPUS READINGS.jsonl

CORPUS is the folder of sample invoices; its own score.py decides what is right. Prints one JSON object for each value
that was read and counts: kind, group, field, confidence, right. A field that nothing was read for is not printed: there
was nothing to be sure of.
"""
import importlib.util, json, os, sys


def load_score(corpus):
    spec = importlib.util.spec_from_file_location("score", os.path.join(corpus, "score.py"))
    module = importlib.util.module_from_spec(spec)
    # Nothing is left in a folder that is not ours.
    sys.dont_write_bytecode = True
    spec.loader.exec_module(module)
    return module


def lines(path):
    with open(path, encoding="utf-8") as file:
        yield from map(json.loads, filter(str.strip, file))


def judged(corpus, readings):
    """Each value that was read and counts."""
    score = load_score(corpus)
    by_name = {os.path.basename(row["file"]): row for row in lines(readings)}
    for document in lines(os.path.join(corpus, "manifest.jsonl")):
        reading = by_name.get(os.path.basename(document["file"])) or {}
        fields, confidence = reading.get("fields") or {}, reading.get("confidence") or {}
        for field in document["scored_fields"]:
            value = fields.get(field)
            if field not in confidence or value in (None, ""):
                continue
            yield {
                "kind": document["kind"],
                "group": document["group"],
                "file": document["file"],
                "field": field,
                "confidence": confidence[field],
                "right": bool(score.right(field, document["truth"].get(field), value, document.get("also_accepted") or {})),
            }


if __name__ == "__main__":
    for row in judged(sys.argv[1], sys.argv[2]):
        print(json.dumps(row))
