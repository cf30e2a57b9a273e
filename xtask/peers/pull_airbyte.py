"""The same pull as a declarative source of the Airbyte CDK; its messages go to a file instead of a destination.

usage: pull_airbyte.py API_URL ORGANIZATION_ID TOKEN_FILE PAGE_EVENTS OUTPUT
The messages are Airbyte's own, one a line; those of type RECORD hold the events.
"""

import json
import os
import sys
import tempfile
from pathlib import Path

from airbyte_cdk.entrypoint import launch
from airbyte_cdk.sources.declarative.concurrent_declarative_source import ConcurrentDeclarativeSource

STREAM = "audit_log_events"
# Objects stay objects; the CDK is not asked to convert anything.
SCHEMA = {"type": "object", "properties": {"gid": {"type": "string"}}, "additionalProperties": True}


def manifest(api_url: str, organization_id: str, token: str, page_events: int) -> dict:
    # Without a limit the vendor answers with up to 1,000 events; it takes no number above 100.
    parameters = {} if page_events > 100 else {"limit": str(page_events)}
    stream = {
        "type": "DeclarativeStream",
        "name": STREAM,
        "primary_key": "gid",
        "schema_loader": {"type": "InlineSchemaLoader", "schema": SCHEMA},
        "retriever": {
            "type": "SimpleRetriever",
            "requester": {
                "type": "HttpRequester",
                "url_base": api_url,
                "path": f"/workspaces/{organization_id}/{STREAM}",
                "http_method": "GET",
                "request_parameters": parameters,
                "authenticator": {"type": "BearerAuthenticator", "api_token": token},
            },
            "record_selector": {
                "type": "RecordSelector",
                "extractor": {"type": "DpathExtractor", "field_path": ["data"]},
            },
            "paginator": {
                "type": "DefaultPaginator",
                "page_token_option": {
                    "type": "RequestOption",
                    "inject_into": "request_parameter",
                    "field_name": "offset",
                },
                "pagination_strategy": {
                    "type": "CursorPagination",
                    "cursor_value": "{{ response.next_page.offset }}",
                    # The vendor hands out a next page for ever; an empty one is the end.
                    "stop_condition": "{{ last_page_size == 0 }}",
                },
            },
        },
    }
    return {
        "version": "7.0.0",
        "type": "DeclarativeSource",
        "check": {"type": "CheckStream", "stream_names": [STREAM]},
        "streams": [stream],
        "spec": {"type": "Spec", "connection_specification": {"type": "object", "properties": {}}},
    }


def main() -> None:
    api_url, organization_id, token_file, page_events, output = sys.argv[1:]
    token = Path(token_file).read_text(encoding="utf-8").strip()
    with tempfile.TemporaryDirectory() as folder:
        config = Path(folder, "config.json")
        config.write_text("{}", encoding="utf-8")
        catalog = Path(folder, "catalog.json")
        stream = {"name": STREAM, "json_schema": SCHEMA, "supported_sync_modes": ["full_refresh"]}
        configured = {"stream": stream, "sync_mode": "full_refresh", "destination_sync_mode": "append"}
        catalog.write_text(json.dumps({"streams": [configured]}), encoding="utf-8")
        source = ConcurrentDeclarativeSource(
            catalog=None,
            config={},
            state=None,
            source_config=manifest(api_url, organization_id, token, int(page_events)),
        )
        with open(output, "w", encoding="utf-8") as lines:
            # The CDK writes to the process's standard output, whatever `sys.stdout` is.
            os.dup2(lines.fileno(), 1)
            launch(source, ["read", "--config", str(config), "--catalog", str(catalog)])


main()
