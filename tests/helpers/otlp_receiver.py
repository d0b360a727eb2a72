"""A collector of OpenTelemetry's spans, as far as OTLP over HTTP goes."""

import gzip
import queue
import threading
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

from opentelemetry.proto.collector.trace.v1.trace_service_pb2 import ExportTraceServiceRequest

from tests.helpers.processes import ENOUGH_SECONDS


class Collector:
    """What came: spans by their names, with the service that each belongs to."""

    def __init__(self):
        self.batches = queue.Queue()
        self.spans = {}

    def wait_for(self, *names):
        """Wait until spans with these names came; all spans so far."""
        while not set(names) <= self.spans.keys():
            for resource in self.batches.get(timeout=ENOUGH_SECONDS).resource_spans:
                for scope in resource.scope_spans:
                    self.spans |= {one.name: one for one in scope.spans}
        return self.spans


def attributes(span):
    return {one.key: getattr(one.value, one.value.WhichOneof("value")) for one in span.attributes}


@contextmanager
def collecting():
    """The collector and its URL."""
    collector = Collector()

    class Receiver(BaseHTTPRequestHandler):
        def do_POST(self):
            body = self.rfile.read(int(self.headers["Content-Length"]))
            if self.headers.get("Content-Encoding") == "gzip":
                body = gzip.decompress(body)
            assert self.path == "/v1/traces"
            collector.batches.put(ExportTraceServiceRequest.FromString(body))
            self.send_response(200)
            self.send_header("Content-Length", "0")
            self.end_headers()

        def log_message(self, *_args):
            pass

    with ThreadingHTTPServer(("127.0.0.1", 0), Receiver) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        try:
            yield collector, f"http://127.0.0.1:{server.server_port}"
        finally:
            server.shutdown()
