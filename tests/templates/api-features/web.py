"""A web server that says what it was asked."""

import http.server
import json


class Say(http.server.BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def do_GET(self):
        self.rfile.read(int(self.headers.get("Content-Length", 0)))
        headers = {name.lower(): value for name, value in self.headers.items()}
        said = {"method": self.command, "path": self.path, "from": self.client_address[0], "headers": headers}
        body = json.dumps(said).encode()
        self.send_response(200)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    do_POST = do_GET  # noqa: N815  # the base class's name

    def log_message(self, *_what):
        pass


http.server.ThreadingHTTPServer(("0.0.0.0", 9000), Say).serve_forever()
