"""Dispatch of calls to moto's response classes, below its web server and without Flask.

moto's own way through WSGI takes 1 ms a call, this one a fifth of that (hot-paths part 3). Services are imported at their
first call or load.
"""

import functools
import logging
import re
from collections.abc import Callable
from json import JSONDecodeError
from typing import Any

from botocore.exceptions import ClientError
from moto import backend_index, backends
from moto.core.config import default_user_config
from moto.core.request import Request
from moto.core.utils import get_service_model
from werkzeug.exceptions import HTTPException

from netful.services.backends.frames import FrameCall, FrameReply
from netful.services.front.faults import aws_error
from netful.services.http.message import Headers
from netful.services.moto.call_trace import note_trace
from netful.services.moto.corrections import correct_loaded
from netful.services.moto.outbox import Outbox
from netful.services.moto.request import moto_request
from netful.services.moto.speed import hasten
from netful.services.moto.state_machines.interpreter import Interpreter
from netful.services.moto.state_machines.loading import STEP_FUNCTIONS, load_enumerations_alone
from netful.services.moto.unserved import why_unserved
from netful.services.quick.calls import quick_answer

_log = logging.getLogger(__name__)

_Respond = Callable[[Request, str, Any], Any]
_ANY_ACCOUNT = "123456789012"  # URL patterns are the same in all of them
_ACTION = re.compile(rb"(?:^|&)Action=(\w+)")
_INTERNAL_ERROR = "the back end failed; see its log"


class Dispatcher:
    """Dispatcher of calls to moto. Messages that its services send go into the outbox; the interpreter runs state machines."""

    def __init__(self, outbox: Outbox | None = None, interpreter: Interpreter | None = None) -> None:
        self._outbox = outbox
        self._interpreter = interpreter
        for service in ("lambda", "batch"):
            # moto would search for a Docker daemon to run code in
            default_user_config[service]["use_docker"] = False
        default_user_config["iam"]["load_aws_managed_policies"] = True  # 0.2 s at the first call of IAM
        hasten()
        self._routes: dict[str, list[tuple[re.Pattern[str], _Respond]]] = {}

    def load(self, host: str) -> None:
        """Import the service that answers on `host` and the modules that its calls need; ignore a host without a service."""
        try:
            self._routes_of(host)
        except ImportError:
            _log.warning("no back end for %s", host, exc_info=True)

    def answer(self, call: FrameCall) -> FrameReply:
        """Answer a call. A failure is an answer too."""
        try:
            return quick_answer(call) or self.answer_by_moto(call)
        except NotImplementedError as error:
            return unknown_operation(call, str(error) or "not implemented by the back end")
        except ImportError as error:
            return unknown_operation(call, f"the back end for {call.host} is not installed: {error}")
        except ClientError as error:
            told, metadata = error.response["Error"], error.response.get("ResponseMetadata", {})
            return failure(call, metadata.get("HTTPStatusCode", 400), told["Code"], told["Message"])
        except (UnicodeDecodeError, JSONDecodeError):
            return failure(call, 400, "SerializationException", "the body cannot be read")
        except Exception:  # noqa: BLE001  # a bug in moto must cost one answer, not the back end
            _log.exception("%s %s%s", call.method, call.host, call.target)
            return failure(call, 500, "InternalFailure", _INTERNAL_ERROR)

    def answer_by_moto(self, call: FrameCall) -> FrameReply:
        """Answer a call by moto alone; what moto raises is raised."""
        if why := why_unserved(call):
            raise NotImplementedError(why)
        path = call.target.partition("?")[0]
        url = f"https://{call.host}{path}"
        respond = next((respond for pattern, respond in self._routes_of(call.host) if pattern.match(url)), None)
        if respond is None:
            raise NotImplementedError(f"the back end has nothing at {call.host}{path}")
        request = moto_request(call)
        note_trace(call)
        try:
            status, headers, body = respond(request, request.raw_url, request.headers)
        except HTTPException as error:
            status, headers, body = error.code or 500, dict(error.get_headers()), error.get_body()
        if (
            int(status) == 404 and not body and call.method != "HEAD"
        ):  # moto knows the host, but no operation of the path
            raise NotImplementedError(f"the back end has nothing at {call.host}{path}")
        return FrameReply(call.id, int(status), _headers(headers), _bytes(body))

    def _routes_of(self, host: str) -> list[tuple[re.Pattern[str], _Respond]]:
        if host not in self._routes:
            url = f"https://{host}/"
            services = [name for name, pattern in backend_index.backend_url_patterns if pattern.match(url)]
            if STEP_FUNCTIONS in services:
                load_enumerations_alone()
            self._routes[host] = [
                (re.compile(pattern), respond) for name in services for pattern, respond in _urls(name).items()
            ]
            if self._outbox is not None:
                self._outbox.hook()
            if self._interpreter is not None:
                self._interpreter.hook()
            correct_loaded()
        return self._routes[host]


@functools.cache
def _urls(service: str) -> dict[str, _Respond]:
    """Return a moto service's URL patterns with the functions that answer them."""
    get_backend: Any = backends.get_backend
    regions = get_backend(service)[_ANY_ACCOUNT]
    urls: dict[str, _Respond] = regions["us-east-1" if "us-east-1" in regions else "aws"].urls
    for respond in urls.values():
        name = getattr(getattr(respond, "__self__", None), "boto3_service_name", None)
        if isinstance(name, str) and name:
            get_service_model(name)
    return urls


def _headers(headers: Any) -> Headers:
    return tuple((str(name), str(value)) for name, value in dict(headers).items() if name != "status")


def _bytes(body: Any) -> bytes:
    if isinstance(body, str):
        return body.encode()
    return body if isinstance(body, bytes) else b"".join(body or ())


def unknown_operation(call: FrameCall, why: str) -> FrameReply:
    """Return AWS's error for an operation that does not exist: clients neither retry it nor take it for an answer."""
    action = _ACTION.search(call.body)
    if action:
        return failure(
            call, 400, "InvalidAction", f"The action {action[1].decode()} is not valid for this web service."
        )
    return failure(call, 400, "UnknownOperationException", why)


def failure(call: FrameCall, status: int, code: str, message: str) -> FrameReply:
    """Return an error in the form of the called service."""
    content_type = next((value for name, value in call.headers if name.lower() == "content-type"), "")
    response = aws_error(call.host, content_type, status, code, message)
    return FrameReply(call.id, response.status, response.headers, response.body)
