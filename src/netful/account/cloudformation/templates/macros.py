"""Macros of an account: functions that turn a template, or a part of it, into another one (control-plane §3.7).

Rules:
1. `Fn::Transform` gives its siblings to the macro, the deepest ones first; `Transform` at the top gives the whole template,
   in the order of its list and after all others.
2. AWS's own transforms stay in the template for the readers of templates. One that is listed before a macro is applied before it.
3. What a macro returns is not searched for further macros.
"""

import json
import uuid
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from netful.account.cloudformation.account import Account
from netful.account.cloudformation.templates.processed import processed
from netful.account.cloudformation.templates.template_text import as_json, invalid
from netful.account.wire.errors import ApiError, refusal
from netful.model.core import Frozen, NetfulError, every_part
from netful.sources.files import document
from netful.sources.files.whole_file import write_whole

TYPE = "AWS::CloudFormation::Macro"
_OF_AWS = "AWS::"
_IN_PLACE, _AT_TOP = "Fn::Transform", "Transform"
CAPABILITY = "CAPABILITY_AUTO_EXPAND"


def has_own(root: Any) -> bool:
    """Return whether a template uses a macro that is not AWS's own."""
    at_top = _listed(root.get(_AT_TOP)) if isinstance(root, Mapping) else []
    return any(not _name(one).startswith(_OF_AWS) for one in (*at_top, *_in_place(root)))


def has_any(root: Any) -> bool:
    """Return whether a template uses a macro, of the account or of AWS: SAM and the others are macros too."""
    at_top = _listed(root.get(_AT_TOP)) if isinstance(root, Mapping) else []
    return bool(at_top) or any(True for _ in _in_place(root))


def _in_place(node: Any) -> Iterator[Any]:
    """Yield the transforms of the parts of a template."""
    return (one for part in every_part(node) if isinstance(part, Mapping) for one in _listed(part.get(_IN_PLACE)))


def _listed(written: Any) -> list[Any]:
    """Return the transforms of a `Transform`: names, or mappings with a name."""
    every = written if isinstance(written, list) else [written]
    return [one for one in every if isinstance(one, str) or (isinstance(one, Mapping) and "Name" in one)]


def _name(transform: Any) -> str:
    return str(transform["Name"] if isinstance(transform, Mapping) else transform)


async def expanded(account: Account, body: str, parameters: Mapping[str, str]) -> str:
    """Return a template after its macros. Raises ApiError where one does not exist, or fails."""
    root = document.parse(body, "template").root
    if not has_own(root):
        return body
    macros = _Macros(account, parameters)
    return as_json(await macros.at_top(await macros.in_place(root)))


class _Macros(Frozen):
    """The macros of an account for a template with values of its parameters."""

    account: Account
    parameters: Mapping[str, str]

    async def in_place(self, node: Any) -> Any:
        """Return a part of a template after the macros within it."""
        if isinstance(node, list):
            return [await self.in_place(one) for one in node]
        if not isinstance(node, Mapping):
            return node
        found: Any = {key: await self.in_place(one) for key, one in node.items() if key != _IN_PLACE}
        for transform in _listed(node.get(_IN_PLACE)):
            if not _name(transform).startswith(_OF_AWS):
                found = await self._asked(transform, found)
            elif isinstance(found, dict):
                found[_IN_PLACE] = transform
        return found

    async def at_top(self, root: dict[str, Any]) -> Any:
        """Return a template after the macros of its `Transform`."""
        waiting: list[Any] = []
        fragment = {key: one for key, one in root.items() if key != _AT_TOP}
        for transform in _listed(root.get(_AT_TOP)):
            if _name(transform).startswith(_OF_AWS):
                waiting.append(transform)
                continue
            if waiting:
                fragment, waiting = self._processed({_AT_TOP: waiting, **fragment}), []
            fragment = await self._asked(transform, fragment)
        return {_AT_TOP: waiting, **fragment} if waiting and isinstance(fragment, dict) else fragment

    def _processed(self, root: Mapping[str, Any]) -> dict[str, Any]:
        """Return a template after AWS's own transforms."""
        file = Path(self.account.folder / "templates" / uuid.uuid4().hex / "template.json")
        write_whole(file, as_json(root).encode())
        try:
            return dict(processed(file, self.parameters, self.account.cloud.region))
        except NetfulError as error:
            raise invalid(f"Transform failed with: {refusal(error)}. Rollback requested by user.") from error

    async def _asked(self, transform: Any, fragment: Any) -> Any:
        """Return the fragment that a macro's function returns."""
        name, place = _name(transform), (self.account.cloud.region, self.account.cloud.account_id)
        function = self._function(name)
        request_id, transform_id = str(uuid.uuid4()), f"{place[1]}::{name}"
        event = {
            "region": place[0], "accountId": place[1], "fragment": fragment, "transformId": transform_id,
            "params": transform.get("Parameters", {}) if isinstance(transform, Mapping) else {},
            "requestId": request_id, "templateParameterValues": dict(self.parameters),
        }  # fmt: skip
        try:
            answer = json.loads(await self.account.invoke(function, as_json(event).encode()))
        except NetfulError as error:
            raise _failed(transform_id, refusal(error)) from error
        except ValueError:
            answer = None
        if not isinstance(answer, dict) or answer.get("requestId") != request_id or "fragment" not in answer:
            raise _failed(transform_id, "Received malformed response from transform")
        if str(answer.get("status")).lower() != "success":
            raise _failed(transform_id, str(answer.get("errorMessage") or "the transform did not succeed"))
        return answer["fragment"]

    def _function(self, name: str) -> str:
        for one in self.account.cloud.template.of_type(TYPE):
            if one.properties.get("Name") == name:
                return str(one.properties.get("FunctionName"))
        raise invalid(f"No transform named {self.account.cloud.account_id}::{name} found.")


def _failed(transform_id: str, why: str) -> ApiError:
    return invalid(f"Transform {transform_id} failed with: {why}. Rollback requested by user.")
