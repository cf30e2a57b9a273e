"""The searches with DuckDB, over the files of the table.

usage: search_duckdb.py PLAN
"""

import duckdb

import searches


def make(plan: dict) -> dict:
    connection = duckdb.connect()
    connection.execute("SET TimeZone = 'UTC'")
    files = ", ".join(f"'{file}'" for file in plan["files"])
    connection.execute(f"CREATE VIEW asana_audit AS SELECT * FROM read_parquet([{files}])")

    def first(sql: str, *parameters: str) -> list:
        return [row[0] for row in connection.execute(sql, parameters).fetchall()]

    return {
        "indicator": lambda: first(
            "SELECT gid, p_event_time, event_type, actor.email FROM asana_audit"
            " WHERE array_has(p_any_ip_addresses, ?) ORDER BY p_event_time DESC, gid LIMIT 100",
            plan["ip"],
        ),
        "actor": lambda: first(
            "SELECT gid, p_event_time, event_type, resource.name FROM asana_audit"
            " WHERE actor.email = ? ORDER BY p_event_time DESC, gid LIMIT 100",
            plan["email"],
        ),
        # Hours as numbers: truncating times with a zone is DuckDB's slow way.
        "count": lambda: first(
            "SELECT count(*) AS n, epoch_us(p_event_time) // 3600000000 AS hour, event_type FROM asana_audit"
            " GROUP BY hour, event_type ORDER BY n DESC, hour, event_type LIMIT 100"
        ),
    }


searches.run(make)
