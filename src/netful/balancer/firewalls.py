"""Web ACLs of application load balancers: HAProxy sends each request to the daemon through a local socket (`waf.lua`).

The request is text: one line each for the method, the path with its query, the client address, and each header; then an empty
line and the part of the body that a web ACL may inspect. The answer is the response for the client, or headers to add to the
request; `VERDICT` distinguishes them.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Iterable
from pathlib import Path
from string import Template

from netful.balancer.lambda_event import own_answer
from netful.balancer.local_socket import listening
from netful.engine.waf.associations import BALANCER_BODY_LIMIT, acl_of, before_balancer
from netful.engine.waf.counts import Counts
from netful.engine.waf.fields import Inspected
from netful.engine.waf.ruling import FILTERED, judge
from netful.fabric.doors.door import Door, DoorKind
from netful.model.access.web_acl import WebAcl
from netful.model.balancing.load_balancers import LoadBalancer, LoadBalancerType
from netful.model.cloud import Cloud
from netful.model.core.file_names import file_name
from netful.services.http.message import Headers, Request, Response
from netful.services.http.protocol import HttpProtocol

log = logging.getLogger(__name__)

SCRIPT_FILE = "waf.lua"
VERDICT = "x-netful-waf"
_GO_ON, _STOP = "go-on", "stop"
_FAIL_OPEN = "waf.fail_open.enabled"

SCRIPT = Template(r"""
local hop_by_hop = {["content-length"] = true, ["connection"] = true, ["transfer-encoding"] = true, ["$verdict"] = true}

core.register_action("waf", {"http-req"}, function(txn, socket)
  local f = txn.f
  local lines = {f:method(), f:pathq(), f:src()}
  for name, values in pairs(txn.http:req_get_headers()) do
    for _, value in pairs(values) do lines[#lines + 1] = name .. ": " .. value end
  end
  local body = string.sub(f:req_body() or "", 1, $limit)
  local answer = core.httpclient():post{
    url = "http://waf/", dst = socket, timeout = 5000, body = table.concat(lines, "\n") .. "\n\n" .. body}
  local headers = answer.headers or {}
  local verdict = headers["$verdict"] and headers["$verdict"][0]
  if verdict == "$stop" then
    local reply = txn:reply{status = answer.status, body = answer.body}
    for name, values in pairs(headers) do
      if not hop_by_hop[name] then for _, value in pairs(values) do reply:add_header(name, value) end end
    end
    txn:done(reply)
  elseif verdict == "$go_on" then
    for name, values in pairs(headers) do
      if string.find(name, "^x%-amzn%-waf%-") then txn.http:req_set_header(name, values[0]) end
    end
  else
    txn:set_var("txn.waf", "failed")
  end
end, 1)
""").substitute(verdict=VERDICT, limit=BALANCER_BODY_LIMIT + 1, stop=_STOP, go_on=_GO_ON)


def acl_before(cloud: Cloud, balancer: LoadBalancer) -> WebAcl | None:
    """Return the web ACL of a load balancer; None if it has none or an unknown one."""
    association = before_balancer(cloud, balancer)
    if association is None or balancer.type is not LoadBalancerType.APPLICATION:
        return None
    return acl_of(cloud, association)


def fails_open(balancer: LoadBalancer) -> bool:
    """Return whether requests pass if the web ACL cannot be consulted."""
    return balancer.attributes.get(_FAIL_OPEN) == "true"


def socket_of(balancer: LoadBalancer) -> str:
    """Return the local socket of a load balancer's web ACL, relative to the node's folder."""
    return f"../{_file(balancer.id)}"


def _file(balancer_id: str) -> str:
    return f"{file_name(balancer_id)}.waf.sock"


class Firewalls:
    """Sockets in `folder`, one for each load balancer that has a web ACL."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._cloud = Cloud()
        self._counts = Counts()
        self._logged: set[str] = set()
        self._servers: dict[str, asyncio.AbstractServer] = {}

    async def follow(self, cloud: Cloud, balancers: Iterable[LoadBalancer]) -> None:
        """Serve the web ACLs of these load balancers of a cloud from now on."""
        self._cloud = cloud
        wanted = {one.id for one in balancers if acl_before(cloud, one)}
        for balancer_id in self._servers.keys() - wanted:
            self._servers.pop(balancer_id).close()
        for balancer_id in wanted - self._servers.keys():
            self._servers[balancer_id] = await self._serve(balancer_id)

    async def _serve(self, balancer_id: str) -> asyncio.AbstractServer:
        loop = asyncio.get_running_loop()

        async def handle(request: Request) -> Response:
            acl = acl_before(self._cloud, self._cloud.balancing.load_balancers[balancer_id])
            return _went_on(()) if acl is None else self._judged(acl, request.body, loop.time())

        listener = listening(self._folder, _file(balancer_id))
        return await loop.create_unix_server(lambda: HttpProtocol(handle, Door(DoorKind.LOCAL)), sock=listener)

    def _judged(self, acl: WebAcl, text: bytes, now: float) -> Response:
        seen = _inspected(text)
        found = judge(self._cloud, acl, seen, lambda instance, seconds: self._counts.count(instance, seconds, now))
        for assumption in found.assumptions:
            if assumption not in self._logged:
                self._logged.add(assumption)
                log.warning("%s: %s", acl.origin, assumption)
        answer = found.answer
        if answer is None:
            return _went_on(found.inserted)
        if answer is FILTERED:
            own = own_answer(403)
            return Response(403, (*own.headers, (VERDICT, _STOP)), own.body)
        headers = (*answer.headers, ("Content-Type", answer.content_type), (VERDICT, _STOP))
        return Response(answer.status, headers, answer.body.encode())

    def close(self) -> None:
        """Close all sockets."""
        for server in self._servers.values():
            server.close()


def _went_on(inserted: Headers) -> Response:
    return Response(200, ((VERDICT, _GO_ON), *inserted))


def _inspected(text: bytes) -> Inspected:
    """Return the request in a message of HAProxy."""
    head, _, body = text.partition(b"\n\n")
    method, target, source, *lines = head.decode("utf-8", "surrogateescape").split("\n")
    path, _, query = target.partition("?")
    pairs = (line.partition(": ") for line in lines)
    headers = tuple((name, value) for name, _, value in pairs)
    return Inspected(method, path, query, headers, body, source, body_limit=BALANCER_BODY_LIMIT)
