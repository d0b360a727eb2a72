"""A real browser, and the site that it visits: a page with a script that attacks and reports what it could do."""

import contextlib
import http.client
import json
import os
import queue
import shutil
import subprocess
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from urllib.parse import urlsplit

import pytest

PROGRAMS = ("chromium", "chromium-browser", "google-chrome")
_SECONDS = 60


class Site:
    """A web server of an attacker, and the browser's proxy.

    A page of `rebound.test` at any port sees the local endpoint at its own origin, as after DNS rebinding: its own page comes
    from here, and every other request goes to the loopback with the Host that the browser wrote.
    """

    def __init__(self, page: str) -> None:
        self.reports: queue.Queue[dict[str, object]] = queue.Queue()
        site = self

        class Handler(BaseHTTPRequestHandler):
            def _answer(self, status: int, body: bytes = b"", kind: str = "text/html") -> None:
                self.send_response(status)
                self.send_header("Content-Type", kind)
                self.send_header("Content-Length", str(len(body)))
                self.end_headers()
                self.wfile.write(body)

            def _any(self) -> None:
                body = self.rfile.read(int(self.headers.get("Content-Length", 0)))
                url = urlsplit(self.path)
                if url.path == "/attack.html":
                    self._answer(200, page.encode())
                elif url.path == "/report":
                    site.reports.put(json.loads(body))
                    self._answer(204)
                elif url.hostname == "rebound.test":
                    self._forward(url.port or 80, url.path + (f"?{url.query}" if url.query else ""), body)
                else:
                    self._answer(404)

            def _forward(self, port: int, target: str, body: bytes) -> None:
                with contextlib.closing(http.client.HTTPConnection("127.0.0.1", port, timeout=_SECONDS)) as connection:
                    connection.request(self.command, target, body, dict(self.headers))
                    answer = connection.getresponse()
                    self._answer(answer.status, answer.read(), answer.headers.get("Content-Type", ""))

            do_GET = do_POST = do_PUT = do_OPTIONS = _any  # noqa: N815  # the standard library's names

            def log_message(self, *_words: object) -> None:
                """Say nothing."""

        self._server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.port = self._server.server_address[1]
        threading.Thread(target=self._server.serve_forever, daemon=True).start()

    def close(self) -> None:
        self._server.shutdown()
        self._server.server_close()


@contextlib.contextmanager
def visited(page: str, url: str, folder: Path) -> Iterator[dict[str, object]]:
    """Have a browser open a page at a URL, whose `{site}` is the attacker's port; yield what its script reports."""
    program = next(filter(None, map(shutil.which, PROGRAMS)), None)
    if program is None:
        (pytest.fail if os.environ.get("CI") == "true" else pytest.skip)("no chromium on this machine")
    site = Site(page)
    command = [
        program, "--headless=new", "--no-sandbox", "--disable-gpu", "--no-first-run", f"--user-data-dir={folder}",
        "--host-resolver-rules=MAP evil.test 127.0.0.1", "--disable-background-networking", "--disable-features=LocalNetworkAccessChecks",  # ours must hold alone
        f"--proxy-server=127.0.0.1:{site.port}", "--proxy-bypass-list=evil.test",
        url.format(site=site.port),
    ]  # fmt: skip
    browser = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    try:
        yield site.reports.get(timeout=_SECONDS)
    finally:
        browser.terminate()
        browser.wait(_SECONDS)
        site.close()
