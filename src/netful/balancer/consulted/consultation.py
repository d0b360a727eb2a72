"""Questions of a node's HAProxy to the daemon, sent by a Lua action through a local socket (`consult.lua`).

A question is text: one line each for the method, the path with its query, the client's address, the node's address and each
header; then an empty line, and for web ACLs the part of the body that one may inspect. The path of the question names its
subject and the arguments. The answer is the response for the client, or headers to add to the request; `VERDICT` distinguishes
them. A question without an answer is a 500.
"""

from collections.abc import Awaitable, Callable, Mapping
from pathlib import Path
from string import Template
from typing import TypeAlias

from netful.balancer import error_pages
from netful.balancer.lambda_event import own_answer
from netful.balancer.local_servers import LocalServers
from netful.engine.waf.associations import BALANCER_BODY_LIMIT
from netful.model.core import Frozen, file_name
from netful.services.http.message import Headers, Request, Response, first_values

SCRIPT_FILE = "consult.lua"
VERDICT = "x-netful-verdict"
FAILED = "var(txn.consulted) -m str failed"
"""Test for a question without an answer."""

_GO_ON, _STOP = "go-on", "stop"

SCRIPT = Template(r"""
local hop_by_hop = {["content-length"] = true, ["connection"] = true, ["transfer-encoding"] = true, ["$verdict"] = true}

core.register_action("consult", {"http-req"}, function(txn, socket, subject)
  local f = txn.f
  local lines = {f:method(), f:pathq(), f:src(), f:dst()}
  for name, values in pairs(txn.http:req_get_headers()) do
    for _, value in pairs(values) do lines[#lines + 1] = name .. ": " .. value end
  end
  local body = string.sub(f:req_body() or "", 1, $limit)
  local answer = core.httpclient():post{
    url = "http://daemon/" .. subject, dst = socket, timeout = 20000, body = table.concat(lines, "\n") .. "\n\n" .. body}
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
      if string.find(name, "^x%-amzn%-waf%-") or string.find(name, "^x%-amzn%-oidc%-") then
        txn.http:req_set_header(name, values[0])
      end
    end
  else
    txn:set_var("txn.consulted", "failed")
  end
end, 2)
""").substitute(verdict=VERDICT, limit=BALANCER_BODY_LIMIT + 1, stop=_STOP, go_on=_GO_ON)


class Question(Frozen):
    """A request of a client, as HAProxy describes it. `node` is the address of the node that received it."""

    method: str
    target: str
    source: str
    node: str
    headers: Headers
    body: bytes

    def header(self, name: str) -> str:
        """Return the first value of a header, by a lower-case name; "" without one."""
        return first_values(self.headers).get(name, "")


Subject: TypeAlias = Callable[[str, Question, tuple[str, ...]], Awaitable[Response]]
"""Answers a question: the load balancer's id, the question, the arguments."""


def directive(balancer_id: str, subject: str, *arguments: str, when: str = "") -> str:
    """Return the directive that asks a question about a request."""
    return f"http-request lua.consult unix@../{_file(balancer_id)} {'/'.join((subject, *arguments))} {when}".rstrip()


def go_on(headers: Headers = ()) -> Response:
    """Return the answer that lets a request pass, with more headers."""
    return Response(200, (*headers, (VERDICT, _GO_ON)))


def stop(response: Response) -> Response:
    """Return the answer that responds to the client."""
    return Response(response.status, (*response.headers, (VERDICT, _STOP)), response.body)


def stop_with(status: int) -> Response:
    """Return the answer that responds with a page of the load balancer."""
    return stop(own_answer(status))


def unanswered(when: str = "") -> str:
    """Return the directive for requests whose question has no answer."""
    return error_pages.answer(500, f"{when} {{ {FAILED} }}" if when else f"if {{ {FAILED} }}")


def _file(balancer_id: str) -> str:
    return f"{file_name(balancer_id)}.ask.sock"


def consultation(folder: Path, subjects: Mapping[str, Subject]) -> LocalServers:
    """Return the servers, one for each load balancer that asks; `subjects` answer."""

    async def answer(balancer_id: str, request: Request) -> Response:
        subject, *arguments = request.path.strip("/").split("/")
        return await subjects[subject](balancer_id, _question(request.body), tuple(arguments))

    return LocalServers(folder, _file, answer)


def _question(text: bytes) -> Question:
    head, _, body = text.partition(b"\n\n")
    method, target, source, node, *lines = head.decode("utf-8", "surrogateescape").split("\n")
    pairs = (line.partition(": ") for line in lines)
    return Question(method, target, source, node, tuple((name, value) for name, _, value in pairs), body)
