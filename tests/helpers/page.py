"""A page in a headless browser, driven through the browser's own protocol over a pipe."""

import contextlib
import itertools
import json
import os
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.helpers.browser import PROGRAMS

_SECONDS = 60_000
_PLACED = """
import fcntl, os, sys
reading, writing = (fcntl.fcntl(int(number), fcntl.F_DUPFD, 10) for number in sys.argv[1:3])
os.dup2(reading, 3)
os.dup2(writing, 4)
os.execvp(sys.argv[3], sys.argv[3:])
"""
# Not by animation frames: a browser that draws nothing, as on a starved machine, has none.
_UNTIL = """new Promise((done, fail) => {{
  const look = (left) => {{
    const found = (() => {{ {script} }})();
    if (found) done(found); else if (left) setTimeout(look, 50, left - 1); else fail(new Error('not in time'));
  }};
  look(6000);
}})"""


class Page:
    """One page of a browser."""

    def __init__(self, to_browser: int, from_browser: int) -> None:
        self._write, self._read = os.fdopen(to_browser, "wb", 0), os.fdopen(from_browser, "rb", 0)
        self._numbers = itertools.count(1)
        self._unread = b""
        self._session: dict[str, str] = {}
        self._target = ""
        self._looks: list[tuple[str, dict[str, Any]]] = []
        self.errors: list[str] = []

    def look(self, width: int, scheme: str, media: str = "screen") -> None:
        """Choose how pages are shown that are opened from now on: width, colour scheme `light` or `dark`, `print`."""
        phone = width < 500
        size = {"width": width, "height": 844 if phone else 900, "deviceScaleFactor": 1, "mobile": phone}
        features = [{"name": "prefers-color-scheme", "value": scheme}]
        self._looks = [
            ("Emulation.setDeviceMetricsOverride", size),
            ("Emulation.setEmulatedMedia", {"media": media, "features": features}),
        ]

    def open(self, url: str) -> None:
        """Open a page in place of the former one: each holds one of a browser's few connections to a server."""
        former, self._session = self._target, {}
        self._target = self._ask("Target.createTarget", url="about:blank")["targetId"]
        if former:
            self._ask("Target.closeTarget", targetId=former)
        self._session = {
            "sessionId": self._ask("Target.attachToTarget", targetId=self._target, flatten=True)["sessionId"]
        }
        self._ask("Runtime.enable")
        for method, params in self._looks:
            self._ask(method, **params)
        self._ask("Page.navigate", url=url)

    def run(self, script: str) -> Any:
        """Return the value of an expression, a promise's when it is settled."""
        answer = self._ask(
            "Runtime.evaluate", expression=script, awaitPromise=True, returnByValue=True, timeout=_SECONDS
        )
        assert "exceptionDetails" not in answer, answer
        return answer["result"].get("value")

    def until(self, script: str) -> Any:
        """Return what the body of a function returns as soon as that is something."""
        return self.run(_UNTIL.format(script=script))

    def close(self) -> None:
        self._write.close()
        self._read.close()

    def _ask(self, method: str, **params: Any) -> Any:
        number = next(self._numbers)
        message = {"id": number, "method": method, "params": params, **self._session}
        self._write.write(json.dumps(message).encode() + b"\0")
        while (answer := self._next()).get("id") != number:
            if answer.get("method") == "Runtime.exceptionThrown":
                self.errors.append(json.dumps(answer["params"]["exceptionDetails"]))
        assert "error" not in answer, answer
        return answer["result"]

    def _next(self) -> dict[str, Any]:
        while b"\0" not in self._unread:
            more = self._read.read(1 << 16)
            assert more, "the browser has ended"
            self._unread += more
        text, _, self._unread = self._unread.partition(b"\0")
        answer: dict[str, Any] = json.loads(text)
        return answer


@contextlib.contextmanager
def browsing(folder: Path) -> Iterator[Page]:
    """A browser with an empty page; skipped where there is no browser, and failed in CI."""
    program = next(filter(None, map(shutil.which, PROGRAMS)), None)
    if program is None:
        (pytest.fail if os.environ.get("CI") == "true" else pytest.skip)("no chromium on this machine")
    their_read, our_write = os.pipe()
    our_read, their_write = os.pipe()

    command = [
        sys.executable, "-c", _PLACED, str(their_read), str(their_write),
        program, "--headless=new", "--no-sandbox", "--disable-gpu", "--no-first-run", f"--user-data-dir={folder}",
        "--disable-background-networking", "--remote-debugging-pipe", "about:blank",
    ]  # fmt: skip
    browser = subprocess.Popen(
        command,
        pass_fds=(their_read, their_write),
        stdin=subprocess.DEVNULL,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    os.close(their_read)
    os.close(their_write)
    page = Page(our_write, our_read)
    try:
        yield page
    finally:
        page.close()
        browser.terminate()
        browser.wait(60)
