"""NDJSON to zstd Parquet with Polars, types given, streamed.

usage: import_polars.py INPUT OUTPUT
"""

import sys

import polars

from columns import ACTOR, CONTEXT, RESOURCE


def main() -> None:
    source, target = sys.argv[1:]

    def struct(names: tuple[str, ...], **more: polars.DataType) -> polars.Struct:
        return polars.Struct({**dict.fromkeys(names, polars.String), **more})

    schema = {
        "gid": polars.String,
        "created_at": polars.String,
        "event_type": polars.String,
        "event_category": polars.String,
        "actor": struct(ACTOR),
        "context": struct(CONTEXT, on_behalf_of_user_id=polars.Int64),
        # What is read as text that is no text comes out as its JSON.
        "details": polars.String,
        "resource": struct(RESOURCE),
    }
    events = polars.scan_ndjson(source, schema=schema)
    created_at = polars.col("created_at").str.to_datetime("%Y-%m-%dT%H:%M:%S%.fZ", time_unit="us")
    events.with_columns(created_at).sink_parquet(target, compression="zstd")


main()
