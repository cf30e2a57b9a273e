"""Counts the events of a file and how many of them differ: the proof that a peer did its work. Not measured.

usage: check_rows.py parquet|ndjson|airbyte FILE
It prints {"n": …, "ids": …}.
"""

import json
import sys


def ids_of_lines(kind: str, file: str) -> list[str]:
    ids = []
    with open(file, encoding="utf-8") as lines:
        for line in lines:
            message = json.loads(line)
            if kind == "airbyte":
                if message["type"] == "RECORD":
                    ids.append(message["record"]["data"]["gid"])
            else:
                ids.append(message["gid"])
    return ids


def count_parquet(file: str) -> tuple[int, int]:
    try:
        import duckdb
    except ImportError:
        import polars

        counts = polars.scan_parquet(file).select(n=polars.len(), ids=polars.col("gid").n_unique())
        return counts.collect().row(0)
    sql = "SELECT count(*), count(DISTINCT gid) FROM read_parquet(?)"
    return duckdb.connect().execute(sql, [file]).fetchone()


def main() -> None:
    kind, file = sys.argv[1:]
    if kind == "parquet":
        count, different = count_parquet(file)
    else:
        ids = ids_of_lines(kind, file)
        count, different = len(ids), len(set(ids))
    print(json.dumps({"n": count, "ids": different}))


main()
