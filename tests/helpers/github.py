"""GitHub as an action sees it: a runner of the `run` steps of a composite action, and the API of a pull request's comments."""

import contextlib
import json
import os
import re
import subprocess
import sys
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import yaml

_EXPRESSION = re.compile(r"\$\{\{ *(.*?) *\}\}")
_EQUAL = re.compile(r"(\S+) (==|!=) '([^']*)'")
_PAGE = 1  # comments a page, so that a second comment is on another page


class Runner:
    """The steps of an action with their outputs, in a checkout. Those in `skip` do not run, nor steps of other actions: of them
    `actions/setup-python` gives this Python, by its output and, unless it is asked not to, to all steps that follow.
    """

    def __init__(
        self, action: Path, checkout: Path, temporary: Path, github: dict[str, Any], env: dict[str, str]
    ) -> None:
        self._action, self._checkout, self._temporary, self._env = action, checkout, temporary, env
        self._values: dict[str, Any] = {"github": github, "steps": {}, "runner": {"os": "Linux", "arch": "X64"}}
        temporary.mkdir(exist_ok=True)
        self._summary = temporary / "summary"
        self._summary.write_text("")

    def run(self, skip: tuple[str, ...] = (), **inputs: str) -> tuple[str, int]:
        """Run the steps until one fails; return the name of the last one, and its exit code."""
        declared = yaml.safe_load((self._action / "action.yml").read_text())
        self._values["inputs"] = {
            name: self._filled(one["default"]) for name, one in declared["inputs"].items()
        } | inputs
        name, code = "", 0
        for step in declared["runs"]["steps"]:
            if step.get("uses", "").startswith("actions/setup-python@"):
                self._set_up_python(step)
            if "uses" in step or step["name"] in skip or not self._holds(step.get("if")):
                continue
            name, code = step["name"], self._step(step)
            if code:
                break
        return name, code

    @property
    def summary(self) -> str:
        """What the steps have written into the summary of the job."""
        return self._summary.read_text()

    def _set_up_python(self, step: dict[str, Any]) -> None:
        self._values["steps"][step.get("id", "")] = {"outputs": {"python-path": sys.executable}}
        if step["with"].get("update-environment", True):
            self._env = self._env | {"PATH": f"{Path(sys.executable).parent}{os.pathsep}{self._env['PATH']}"}

    def _step(self, step: dict[str, Any]) -> int:
        output = self._temporary / "output"
        output.write_text("")
        own = {name: self._filled(value) for name, value in step.get("env", {}).items()}
        places = {
            "GITHUB_ACTION_PATH": str(self._action), "GITHUB_OUTPUT": str(output), "RUNNER_TEMP": str(self._temporary),
            "GITHUB_STEP_SUMMARY": str(self._summary),
        }  # fmt: skip
        command = ["bash", "--noprofile", "--norc", "-e", "-o", "pipefail", "-c", self._filled(step["run"])]
        done = subprocess.run(
            command, cwd=self._checkout, env={**os.environ, **self._env, **places, **own}, check=False
        )
        outputs = dict(line.split("=", 1) for line in output.read_text().splitlines())
        self._values["steps"][step.get("id", step["name"])] = {"outputs": outputs}
        return done.returncode

    def _filled(self, text: str) -> str:
        return _EXPRESSION.sub(lambda found: self._value(found[1]), text)

    def _value(self, path: str) -> str:
        value: Any = self._values
        for name in path.split("."):
            value = value.get(name, {})
        return value if isinstance(value, str) else "" if value == {} else str(value)

    def _holds(self, condition: str | None) -> bool:
        """Return whether all comparisons of a condition hold."""
        parts = condition.split(" && ") if condition else ()
        found = [_EQUAL.fullmatch(part) for part in parts]
        assert all(found), condition
        return all((self._value(one[1]) == one[3]) is (one[2] == "==") for one in found if one)


class PullRequest:
    """The comments of a pull request: `author` and `body`. A token is the login of its user, may only read, or meets an outage."""

    def __init__(self) -> None:
        self.comments: list[dict[str, str]] = []

    def answer(self, login: str, asked: dict[str, Any]) -> dict[str, Any]:
        """Return the answer of GraphQL to a question or a mutation."""
        query, variables = asked["query"], asked["variables"]
        if query.startswith("query"):
            assert (variables["owner"], variables["name"], variables["number"]) == ("acme", "orders", 7)
            first = int(variables["after"] or 0)
            nodes = [
                {"id": f"IC_{n}", "viewerDidAuthor": one["author"] == login, "body": one["body"]}
                for n, one in enumerate(self.comments[first : first + _PAGE], first)
            ]
            more = first + _PAGE < len(self.comments)
            page = {"nodes": nodes, "pageInfo": {"hasNextPage": more, "endCursor": str(first + _PAGE)}}
            return {"data": {"repository": {"pullRequest": {"id": "PR_7", "comments": page}}}}
        if login == "reader":
            return {"errors": [{"type": "FORBIDDEN", "message": "Resource not accessible by integration"}]}
        assert len(variables["body"]) <= 65_536
        if "addComment" in query:
            assert variables["id"] == "PR_7"
            self.comments.append({"author": login, "body": variables["body"]})
        else:
            changed = self.comments[int(variables["id"].removeprefix("IC_"))]
            assert changed["author"] == login, "the comment of somebody else is changed"
            changed["body"] = variables["body"]
        return {"data": {}}


@contextlib.contextmanager
def served(pull_request: PullRequest) -> Iterator[str]:
    """Serve the API of a pull request; the address of its GraphQL."""

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            asked = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
            login = self.headers["Authorization"].removeprefix("Bearer ")
            body = json.dumps(pull_request.answer(login, asked)).encode()
            self.send_response(502 if login == "outage" else 200)
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *_: object) -> None:
            """Stay silent."""

    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield f"http://127.0.0.1:{server.server_port}/graphql"
        server.shutdown()
