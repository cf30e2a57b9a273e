"""Runs searches and says how long each took: shared by the engines that search.

A plan is a JSON file: {"files": [paths], "ip": …, "email": …, "searches": [names], "runs": n}. For each search one line is printed:
{"search": name, "seconds": [one a run], "first": [the first column of the answer]}. The clock starts when the engine is imported and
before it has seen a file, and stops when the whole answer is in Python.
"""

import json
import sys
import time
from collections.abc import Callable
from pathlib import Path


def run(make: Callable[[dict], dict[str, Callable[[], list]]]) -> None:
    """`make` gets the plan and returns the searches, each of which returns the first column."""
    plan = json.loads(Path(sys.argv[1]).read_text(encoding="utf-8"))
    before = time.perf_counter()
    searches = make(plan)
    # Opening the files belongs to the first search.
    opening = time.perf_counter() - before
    for name in plan["searches"]:
        seconds = []
        for _ in range(plan["runs"]):
            before = time.perf_counter()
            first = searches[name]()
            seconds.append(time.perf_counter() - before + opening)
            opening = 0.0
        print(json.dumps({"search": name, "seconds": seconds, "first": [str(value) for value in first]}))
