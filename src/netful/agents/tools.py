"""Tools of `netful mcp`.

Sources are read again with every question, because an agent edits them between two questions. What a stack answers is asked
at the stack that runs.
"""

from collections.abc import Sequence
from dataclasses import asdict, dataclass, field
from typing import Any

from mcp.types import CallToolResult

import netful
from netful.agents.answers import answer
from netful.model.json_texts import json_or


@dataclass
class Sources:
    """Sources of the questions, as `netful mcp` or the tool `load` names them."""

    paths: Sequence[str] = ()
    parameters: dict[str, str] = field(default_factory=dict)
    region: str | None = None

    def read(self) -> netful.Network:
        """Return the network as the files have it now."""
        return netful.load(*self.paths, parameters=self.parameters, region=self.region)


class Tools:
    """The tools; a docstring is what the agent reads about a tool."""

    def __init__(self, sources: Sources) -> None:
        self._sources = sources

    def load(
        self, paths: list[str] | None = None, parameters: dict[str, str] | None = None, region: str = ""
    ) -> CallToolResult:
        """Choose the sources of the next questions: CloudFormation or SAM templates, a cdk.out folder, a Terraform plan (JSON).

        Without paths: the template of the current folder. Returns the names to ask about, and values that are missing.
        """
        chosen = Sources(paths or (), parameters or {}, region or None)
        network = chosen.read()
        self._sources = chosen
        shown = network.show()
        document = {
            "functions": [*network.cloud.compute.functions],
            "vpcs": [vpc["id"] for vpc in shown["vpcs"]],
            "apis": [api["id"] for api in shown["apis"]],
            "missing": [*network.missing],
            "warnings": [*network.warnings],
        }
        return answer(netful.text(network.readable(shown)), document)

    def show(self, name: str = "") -> CallToolResult:
        """Show the network, or one resource of it with its parts and what uses it: subnets with their kind, interfaces, APIs."""
        network = self._sources.read()
        shown = network.show(name)
        return answer(
            netful.text(network.readable(shown), verbose=bool(name)), shown if name else {"vpcs": shown["vpcs"]}
        )

    def trace(self, source: str, destination: str) -> CallToolResult:
        """Trace whether a source can reach a destination, hop by hop, with every blocker, its line in the template and a fix.

        source: a function or resource, `subnet:SubnetId+SgId`, an address, `internet`, `on-premises`. destination: a resource
        (`Db:tcp/5432`), `internet:tcp/443`, `aws:ssm`, `aws:s3:GetObject`, an address with a port, a URL, or a request to an
        API (`OrdersApi GET /prod/orders`).
        """
        network = self._sources.read()
        path = network.trace(source, destination)
        return answer(netful.text(network.readable(path)), path.to_json())

    def check(self, select: list[str] | None = None) -> CallToolResult:
        """Find network problems of the sources, each with the reason, the line and a fix. select: ids of checks, such as NF2."""
        network = self._sources.read()
        findings = network.check(select=select or ())
        documents = [{name: part for name, part in one.to_json().items() if name != "path"} for one in findings]
        return answer(netful.text(network.readable(findings)), {"findings": documents})

    def explain(self, check: str) -> CallToolResult:
        """Explain a check such as NF102: what it finds, why it matters, how to fix it."""
        from netful.checks.registry import rule_named  # noqa: PLC0415  # only for this tool
        from netful.render.findings import rule_text  # noqa: PLC0415

        rule = rule_named(check)
        return answer(rule_text(rule, width=120), rule.to_json())

    def diff(self, old: str, new: str) -> CallToolResult:
        """Compare two templates or folders: flows gained and lost, findings, interfaces, monthly cost."""
        before, after = (Sources([path], self._sources.parameters, self._sources.region).read() for path in (old, new))
        found = before.diff(after)
        return answer(netful.text(after.readable(found)), found.to_json())

    def probe(self, source: str, destination: str, stack: str = "") -> CallToolResult:
        """Send a real packet in a running stack (`netful up -d`) and compare the result with the prediction of `trace`."""
        found = _stack(stack).probe(source, destination)
        observed = "; ".join(f"{one.verdict}, {one.symptom}: {one.detail}" for one in found.observed)
        predicted = f"{found.predicted.verdict}, {found.predicted.symptom}"
        agree = {True: "they agree", False: "they differ", None: "there is no prediction to compare with"}[found.agree]
        return answer(f"predicted: {predicted}\nobserved: {observed}\n{agree}", asdict(found))

    def invoke(self, function: str, event: dict[str, Any] | list[Any] | None = None, stack: str = "") -> CallToolResult:
        """Invoke a function of a running stack with an event, and return its result and the end of its log."""
        done = _stack(stack).invoke(function, event)
        payload = done.payload.decode(errors="replace")
        document = asdict(done) | {"payload": json_or(payload, payload)}
        return answer(f"{payload}\n{done.log_tail}", document)

    def logs(self, name: str = "", stack: str = "", lines: int = 50) -> CallToolResult:
        """Return the last lines of the log of a function, an API or a host of a running stack; without a name, of all."""
        every = _stack(stack).logs(name or None).splitlines()
        found = every[max(len(every) - lines, 0) :]
        return answer("\n".join(found) or "there are no lines", {"lines": found})


def _stack(name: str) -> netful.Stack:
    return netful.connect(name or None)
