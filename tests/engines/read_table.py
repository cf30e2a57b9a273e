"""Reads a Delta table with other engines and prints its rows as JSON, for the test in crates/margay/tests/it/engines.rs.

usage: read_table.py TABLE_FOLDER
"""

import json
import sys

import duckdb
from deltalake import DeltaTable

COLUMNS = "gid, event_type, actor.email, details, epoch_us(p_event_time), array_to_string(p_any_ip_addresses, ','), p_row_id"
NAMES = ["gid", "event_type", "actor_email", "details", "event_time", "ips", "p_row_id"]


def rows_of(relation):
    rows = relation.query("t", f"select {COLUMNS} from t order by gid").fetchall()
    return [dict(zip(NAMES, row)) for row in rows]


def main(folder):
    table = DeltaTable(folder)
    # Delta's own reader: values come through its Arrow table.
    through_delta = duckdb.from_arrow(table.to_pyarrow_table())
    # DuckDB's Parquet reader over the files that the log names live. (Its Delta extension is a download.)
    through_parquet = duckdb.read_parquet(table.file_uris(), hive_partitioning=False)
    answer = {"deltalake": rows_of(through_delta), "duckdb": rows_of(through_parquet)}
    json.dump(answer, sys.stdout)


main(sys.argv[1])
