"""A collector of traces on a free port of 127.0.0.1: prints the port, then each span that it takes as a JSON line.

Reads OTLP over HTTP by OpenTelemetry's own definitions. Ends when its standard input does.
"""

import http.server
import json
import sys
import threading

from opentelemetry.proto.collector.trace.v1.trace_service_pb2 import (
    ExportTraceServiceRequest,
    ExportTraceServiceResponse,
)


def plain(attributes):
    """Attributes as a dictionary of texts."""
    values = {}
    for attribute in attributes:
        kind = attribute.value.WhichOneof("value")
        values[attribute.key] = str(getattr(attribute.value, kind)) if kind else ""
    return values


class Taker(http.server.BaseHTTPRequestHandler):
    def do_POST(self):
        body = self.rfile.read(int(self.headers["content-length"]))
        for resource in ExportTraceServiceRequest.FromString(body).resource_spans:
            for scope in resource.scope_spans:
                for span in scope.spans:
                    taken = {
                        "path": self.path,
                        "authorization": self.headers.get("authorization"),
                        "service": plain(resource.resource.attributes)["service.name"],
                        "name": span.name,
                        "id": span.span_id.hex(),
                        "parent": span.parent_span_id.hex(),
                        "trace": span.trace_id.hex(),
                        "attributes": plain(span.attributes),
                        "events": [event.name for event in span.events],
                        "whole": str(span),
                    }
                    print(json.dumps(taken), flush=True)
        answer = ExportTraceServiceResponse().SerializeToString()
        self.send_response(200)
        self.send_header("content-type", "application/x-protobuf")
        self.send_header("content-length", str(len(answer)))
        self.end_headers()
        self.wfile.write(answer)

    def log_message(self, *arguments):
        pass


server = http.server.HTTPServer(("127.0.0.1", 0), Taker)
print(server.server_port, flush=True)
threading.Thread(target=server.serve_forever, daemon=True).start()
sys.stdin.read()
