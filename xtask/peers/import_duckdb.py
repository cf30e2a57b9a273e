"""NDJSON to zstd Parquet with DuckDB, types given.

usage: import_duckdb.py INPUT OUTPUT
"""

import sys

import duckdb

from columns import duckdb_columns


def main() -> None:
    source, target = sys.argv[1:]
    connection = duckdb.connect()
    # Nobody asked for the order of the lines, and keeping it costs memory.
    connection.execute("SET preserve_insertion_order = false")
    connection.execute(
        f"COPY (SELECT * FROM read_ndjson('{source}', columns = {duckdb_columns()}))"
        f" TO '{target}' (FORMAT parquet, COMPRESSION zstd)"
    )


main()
