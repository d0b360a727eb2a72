"""Back ends whose process starts with the first call that needs it: moto takes half a second and 160 MB.

A stack can wait for it if its template puts nothing into the back ends that moto might refuse: plain parameters, rules and schedules
of EventBridge, and what is made later anyway. Until then the template answers GetParameter; the process gets the same parameters
when it starts.
"""

import re
import time

import msgspec

from netful.model.cloud import Cloud
from netful.model.core import StackError
from netful.model.functions.function import SsmParameter
from netful.model.names import service_names
from netful.services.backends.backend import Backends
from netful.services.backends.frames import FrameCall
from netful.services.deploy.database_secrets import managed_secrets
from netful.services.deploy.kinds.event_rules import ON_TIME
from netful.services.deploy.kinds.resource_kinds import services_in_use
from netful.services.http.message import Request, Response
from netful.services.quick.get_parameter import content, decoder
from netful.services.quick.reply import json_answer
from netful.stack.running_cloud import Part

_PLAIN_NAME = re.compile(r"/?(?!aws|ssm)[A-Za-z0-9_.-]+(/[A-Za-z0-9_.-]+){0,14}", re.IGNORECASE)
_MOST_CHARACTERS = 4096
_GET_PARAMETER = ("x-amz-target", "AmazonSSM.GetParameter")
_NO_CALL = Response(404, (("Content-Type", "application/xml"),), b"<UnknownOperationException/>")


class BackendsOnDemand(Backends, Part):
    """The back ends of a stack (`Backends`), which may have no process yet."""

    _asleep = False
    _since = 0.0

    async def start(self) -> None:
        """Start the process, unless it can wait."""
        self._since = time.time()
        self._asleep = self._kept is None and _can_wait(self._cloud)
        if not self._asleep:
            await super().start()

    async def call_host(self, host: str, request: Request) -> Response:
        """Call the service that answers on `host`; the process starts if the template cannot answer."""
        if _is_no_call(host, request):
            return _NO_CALL
        if self._asleep:
            answer = _answer(self._cloud, host, request, self._since)
            if answer:
                return answer
            await self._wake()
        return await super().call_host(host, request)

    async def follow(self, before: Cloud, cloud: Cloud) -> None:
        """Make the resources of another cloud."""
        async with self._turn:
            if self._asleep and _can_wait(cloud):
                self._cloud = cloud
                return
        await self._wake()
        await super().follow(before, cloud)

    async def settle(self) -> None:
        """Delete the resources that the cloud that was followed last does not have."""
        if not self._asleep:
            await super().settle()

    async def open_in_use(self) -> None:
        """Make the resources of services that wait for their first call; the process starts if there are some."""
        if self._asleep and services_in_use(self._cloud.template.resources.values(), later=True):
            await self._wake()
        await super().open_in_use()

    async def _wake(self) -> None:
        """Start the process. Calls are answered with 503 if that fails."""
        async with self._turn:
            if not self._asleep:
                return
            try:
                await super().start()
            except StackError as error:
                self.warnings = (*self.warnings, f"{error.what}: {error.why}")
            self._asleep = False


def _is_no_call(host: str, request: Request) -> bool:
    """Return whether a request is a call of no service: an unsigned GET of `/`, as `netful probe` sends it. S3 lists then."""
    plain = request.method == "GET" and request.path_and_query == "/" and not request.header("authorization")
    found = service_names.service_of_host(host) if plain else None
    return found is not None and found[0].code != "s3"


def _can_wait(cloud: Cloud) -> bool:
    """Return whether the template puts only plain parameters, rules and schedules into the back ends."""
    resources = (*cloud.template.resources.values(), *managed_secrets(cloud))
    parameters = cloud.compute.ssm_parameters
    others = [one for one in resources if one.id not in parameters and one.type not in ON_TIME]
    return not [*services_in_use(others)] and all(map(_is_plain, parameters.values()))


def _is_plain(parameter: SsmParameter) -> bool:
    name, value = parameter.name, parameter.value
    return (
        parameter.type == "String"
        and isinstance(name, str)
        and _PLAIN_NAME.fullmatch(name) is not None
        and isinstance(value, str)
        and 0 < len(value) <= _MOST_CHARACTERS
        and not parameter.settings
    )


def _answer(cloud: Cloud, host: str, request: Request, since: float) -> Response | None:
    """Return the answer to GetParameter of a parameter of the template; None for another call."""
    asked = _asked(request)
    every = (one for one in cloud.compute.ssm_parameters.values() if one.name == asked)
    ssm = service_names.service("ssm")
    found = next((one for one in every if ssm.host(cloud.region_of(one.id)) == host), None)
    if found is None:
        return None
    known = content(
        str(found.name),
        str(found.value),
        type_="String",
        version=1,
        modified=round(since, 3),
        arn=cloud.arn("ssm", f"parameter/{str(found.name).removeprefix('/')}", found.id),
        data_type="text",
    )
    call = FrameCall(0, host, request.method, request.path_and_query, request.headers, request.body)
    answer = json_answer(call, known, "1.1")
    return Response(answer.status, answer.headers, answer.body)


def _asked(request: Request) -> str | None:
    """Return the name that a plain GetParameter asks for."""
    headers = [(name.lower(), value) for name, value in request.headers]
    if _GET_PARAMETER not in headers:
        return None
    try:
        return decoder.decode(request.body).name
    except msgspec.MsgspecError:
        return None
