"""The searches with Polars, over the files of the table.

usage: search_polars.py PLAN
"""

import polars
from polars import col

import searches


def make(plan: dict) -> dict:
    events = polars.scan_parquet(plan["files"], hive_partitioning=False)
    latest = {"by": ["p_event_time", "gid"], "descending": [True, False]}

    def indicator() -> list:
        found = events.filter(col("p_any_ip_addresses").list.contains(plan["ip"]))
        columns = found.select("gid", "p_event_time", "event_type", col("actor").struct.field("email"))
        return columns.sort(**latest).head(100).collect()["gid"].to_list()

    def actor() -> list:
        found = events.filter(col("actor").struct.field("email") == plan["email"])
        columns = found.select("gid", "p_event_time", "event_type", col("resource").struct.field("name"))
        return columns.sort(**latest).head(100).collect()["gid"].to_list()

    def count() -> list:
        hours = events.select(hour=col("p_event_time").dt.truncate("1h"), event_type="event_type")
        counted = hours.group_by("hour", "event_type").agg(n=polars.len())
        ordered = counted.sort(by=["n", "hour", "event_type"], descending=[True, False, False])
        return ordered.head(100).collect()["n"].to_list()

    return {"indicator": indicator, "actor": actor, "count": count}


searches.run(make)
