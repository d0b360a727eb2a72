"""A running stack: its functions, APIs and services, and positions in its network."""

from __future__ import annotations

import base64
import json
import os
import re
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterator, Mapping
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any

import msgspec

from netful.library.answers import Invocation, Response
from netful.model.core import NoResponseError, QuestionError, StackError, extras
from netful.model.names.service_names import service
from netful.render.running import debugger_line
from netful.stack.control.client import Client
from netful.stack.control.selection import selected
from netful.stack.probe_outcome import Probe

if TYPE_CHECKING:
    from netful.library.network import Network

KEYS = {"AWS_ACCESS_KEY_ID": "AKIAIOSFODNN7EXAMPLE", "AWS_SECRET_ACCESS_KEY": "netful"}
"""Credentials of clients on the host: any would do."""
_REQUEST_PROGRAM = Path(__file__).with_name("request_program.py")
_API_REQUEST = re.compile(r"(?P<api>\S+) (?P<method>[A-Z]+) (?P<path>/.*)")
_NOTHING: Mapping[str, str] = {}


def no_progress(_what: str) -> None:
    """Receive progress that nothing shows."""


def connect(name: str | None = None) -> Stack:
    """Return a stack that is running: the named one, that of the current folder, or the only one.

    Raises StackError if it is not running.
    """
    name = selected(name)
    Client(name).close()
    return Stack(name)


class Stack:
    """A running stack, by its name. Each call has its own connection, so threads can share a stack."""

    def __init__(self, name: str) -> None:
        self.name = name

    def __repr__(self) -> str:
        return f"<netful.Stack: {self.name}>"

    def call(self, verb: str, **arguments: Any) -> Any:
        """Have the stack do what a verb of its control socket means. Verbs are not part of the public API."""
        with Client(self.name) as client:
            return client.call(verb, **arguments)

    def events(self, verb: str, **arguments: Any) -> Iterator[Any]:
        """Yield the events of a verb until it is done. Verbs are not part of the public API."""
        with Client(self.name) as client:
            for message in client.stream(verb, **arguments):
                if "event" not in message:
                    client.conclude(iter([message]))
                    return
                yield message["event"]

    def status(self) -> dict[str, Any]:
        """Return the document of `netful status --format json`."""
        found: dict[str, Any] = self.call("status")
        return found

    @cached_property
    def endpoint_url(self) -> str:
        """The endpoint of AWS's services and of Lambda for clients on the host."""
        return str(self.status()["endpoint_url"])

    @cached_property
    def region(self) -> str:
        """The region of the stack."""
        return str(self.status()["region"])

    @property
    def network(self) -> Network:
        """The network as it is now, with all that was deployed or changed since the start."""
        from netful.library.network import received  # noqa: PLC0415  # most calls need no network

        return received(self.call("cloud"))

    def invoke(
        self, function: str, event: Any = None, *, cold: bool = False, progress: Callable[[str], None] = no_progress
    ) -> Invocation:
        """Invoke a function and wait for its result. `event` is JSON, or bytes of JSON; `cold` asks for a new environment.

        `function` is a logical id, name or ARN. A function that fails is a result with `function_error`. `progress` receives
        where to attach if the function waits for a debugger. Raises StackError if Lambda refuses, for example by a throttle.
        """
        payload = event if isinstance(event, bytes) else json.dumps({} if event is None else event).encode()
        given = base64.b64encode(payload).decode()
        with Client(self.name) as client:
            messages = client.stream("invoke", function=function, payload=given, cold=cold)
            done = client.conclude(messages, lambda waited: progress(debugger_line(waited)))
        return Invocation(**done | {"payload": base64.b64decode(done["payload"])})

    def sample_event(self, function: str, kind: str, payload: Any = None) -> dict[str, Any]:
        """Return an event as a service sends it to a function: `apigateway`, `sqs`, `s3`, …, with the names of this stack.

        `payload` is what the service carries: the body of a request or message, the detail of an event, the item of a table, the data of
        a record, the key of an object. Raises QuestionError for an unknown kind.
        """
        event: dict[str, Any] = self.call("sample-event", function=function, kind=kind, payload=payload)
        return event

    def request(
        self,
        source: str,
        destination: str,
        *,
        method: str = "GET",
        headers: Mapping[str, str] = _NOTHING,
        body: bytes = b"",
        timeout: float = 10.0,
    ) -> Response:
        """Send an HTTP request from a position in the network, such as `internet` or a function, and return the response.

        `destination` is a URL as AWS has it, or an API's request, `OrdersApi GET /prod/orders`. Redirects are not followed.
        Raises NoResponseError if none comes within `timeout` seconds, with the symptom that the client has.
        """
        asked = _API_REQUEST.fullmatch(destination)
        url = f"{self._own_url(asked['api'])}{asked['path']}" if asked else destination
        if not url.startswith(("http://", "https://")):
            raise QuestionError(f"`{destination}` is no request", hint="a URL, or `OrdersApi GET /prod/orders`")
        request = {
            "url": url, "method": asked["method"] if asked else method, "headers": dict(headers),
            "body": base64.b64encode(body).decode(), "timeout": timeout,
        }  # fmt: skip
        done = self.exec(source, sys.executable, "-I", str(_REQUEST_PROGRAM), input=json.dumps(request).encode())
        if done.returncode:
            raise StackError(
                f"no request can be sent from `{source}`", why=done.stderr.decode(errors="replace").strip()
            )
        answer = json.loads(done.stdout)
        if "symptom" in answer:
            what = f"`{source}` gets no response from `{destination}`: {answer['symptom']}"
            hint = f"netful trace {source} {destination}"
            raise NoResponseError(what, symptom=answer["symptom"], why=answer["detail"], hint=hint)
        return Response(answer["status"], answer["headers"], base64.b64decode(answer["body"]))

    def _own_url(self, api: str) -> str:
        """Return the URL of an API's own name at AWS."""
        for entry in self.status()["apis"]:
            if api in {entry["resource"], entry["api_id"]}:
                return f"https://{entry['api_id']}.{service('execute-api').host(self.region)}"
        raise QuestionError(f"there is no API `{api}` with a stage", hint="`netful status` lists them")

    def probe(self, source: str, destination: str) -> Probe:
        """Send a real packet along a path, and return what happened beside the prediction."""
        return msgspec.convert(self.call("probe", source=source, destination=destination), Probe)

    def exec(
        self,
        source: str,
        *command: str,
        input: bytes = b"",  # noqa: A002  # the name that subprocess.run has
        env: Mapping[str, str] | None = None,
        cwd: str | os.PathLike[str] | None = None,
    ) -> subprocess.CompletedProcess[bytes]:
        """Run a command from a position in the network, and return its exit code and output."""
        with (
            tempfile.TemporaryFile() as given,
            tempfile.TemporaryFile() as out,
            tempfile.TemporaryFile() as err,
            Client(self.name) as client,
        ):
            given.write(input)
            given.seek(0)
            place = {"env": dict(os.environ if env is None else env), "cwd": str(Path(cwd or ".").absolute())}
            fds = (given.fileno(), out.fileno(), err.fileno())
            arguments = {"source": source, "command": list(command), **place}
            code: int = client.conclude(client.stream("exec", fds=fds, **arguments))
            out.seek(0)
            err.seek(0)
            return subprocess.CompletedProcess(list(command), code, out.read(), err.read())

    def logs(self, name: str | None = None) -> str:
        """Return the log of a function, of a host's program or of an API; without a name all of them."""
        return "".join(event["text"] for event in self.events("logs", function=name, follow=False))

    def client(self, service: str, **options: Any) -> Any:
        """Return a boto3 client of an AWS service of this stack, as code on the host would use it.

        `options` are those of `boto3.client`. The machine's own AWS profiles are not read.
        """
        extras.require("run", "clients of services need")
        import boto3  # noqa: PLC0415  # takes a second
        import botocore.session  # noqa: PLC0415

        files = {"config_file": (None, None, os.devnull, None), "credentials_file": (None, None, os.devnull, None)}
        core = botocore.session.Session(session_vars=files | {"profile": (None, None, None, None)})
        keys = dict(zip(("aws_access_key_id", "aws_secret_access_key"), KEYS.values(), strict=True))
        session = boto3.Session(botocore_session=core, region_name=self.region, **keys)
        return session.client(service, **{"endpoint_url": self.endpoint_url, **options})

    def url(self, name: str, stage: str | None = None) -> str:
        """Return the URL of an API's stage, a function or a load balancer for clients on the host.

        Raises QuestionError if it has none, as a private API: clients in the network reach it (`request`, `exec`).
        """
        status = self.status()
        stages = [one for one in status["apis"] if name in {one["resource"], one["api_id"]}]
        fitting = [one for one in stages if stage in {None, one["stage"]}]
        functions = [one for one in status["functions"] if name in {one["resource"], one["name"]}]
        balancers = [one for one in status["load_balancers"] if one["resource"] == name]
        found = [*fitting, *functions, *balancers]
        if not found:
            what = f"`{name}` has no stage `{stage}`" if stages else f"there is no API, function or balancer `{name}`"
            raise QuestionError(what, hint="`netful status` lists them")
        if found[0]["url"] is None:
            hint = "ask from inside, for example `stack.request(FUNCTION, URL)` or `netful exec FUNCTION -- curl URL`"
            raise QuestionError(f"`{name}` has no URL for clients on the host", hint=hint)
        return str(found[0]["url"])
