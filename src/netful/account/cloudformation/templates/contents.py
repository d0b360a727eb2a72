"""Contents of stacks: out of requests, with the files of `AWS::Include`; of two templates, for an update that stops halfway."""

import json
from collections.abc import Iterator, Mapping
from dataclasses import replace
from hashlib import sha256
from pathlib import Path
from typing import Any

from netful.account.cloudformation.account import Account
from netful.account.cloudformation.records import Content, StackRecord
from netful.account.cloudformation.templates import macros
from netful.account.cloudformation.templates.objects import fetched
from netful.account.cloudformation.templates.parameters import Values, require_existing, values
from netful.account.cloudformation.templates.processed import judge, processed
from netful.account.cloudformation.templates.template_text import (
    MOST_BODY_BYTES,
    invalid,
    needs_capability,
    parsed,
    received,
    require_capabilities,
    require_mappings,
    section,
    transforms,
)
from netful.account.ec2.view import View
from netful.account.wire.errors import refusal
from netful.gateway.apart.apart import Apart
from netful.model.core import NetfulError, UnkeptError, every_part, listed, mappings
from netful.model.names import service_names
from netful.services.http.backend_requests import json_request
from netful.sources.account.deployed_stack import address_of
from netful.sources.files import document
from netful.sources.files.whole_file import write_whole

_MACRO, _INCLUDE = "Fn::Transform", "AWS::Include"
_SAM = "AWS::Serverless-2016-10-31"


async def included(account: Account, root: Any, given: Mapping[str, str]) -> dict[str, bytes]:
    """Return the files that a template includes, and those that they include, by their names beside it.

    Raises ApiError if one does not exist.
    """
    found: dict[str, bytes] = {}
    waiting = [root]
    while waiting:
        for location in _locations(waiting.pop(), given):
            name = location.rpartition("/")[2]
            if name in found:
                continue
            address = address_of(location)
            content = await fetched(account, address) if address else None
            if content is None:
                raise invalid(f"Transform {_INCLUDE} failed with: The location '{location}' does not exist.")
            found[name] = content
            waiting.append(document.parse(content.decode(errors="replace"), name).root)
    return found


def _locations(node: Any, given: Mapping[str, str]) -> Iterator[str]:
    """Yield the places of included files: texts, or parameters with such a value."""
    parts = (part for part in every_part(node) if isinstance(part, Mapping))
    for one in (one for part in parts for name in (_MACRO, "Transform") for one in mappings(listed(part.get(name)))):
        if one.get("Name") == _INCLUDE:
            written = (one.get("Parameters") or {}).get("Location")
            text = given.get(str(written.get("Ref"))) if isinstance(written, Mapping) else written
            if isinstance(text, str):
                yield text


class Contents:
    """Reader of the templates and values of requests; a template is kept as a file, named by its content."""

    def __init__(self, account: Account) -> None:
        self._account = account
        self._apart = Apart()

    async def of(self, asked: Mapping[str, Any], before: StackRecord | None) -> Content:
        """Return the content that a request has. Raises ApiError for what CloudFormation refuses."""
        former = before.content if before else None
        if asked.get("UsePreviousTemplate") and former is not None:
            body = former.sent
        else:
            body = await self.body(asked)
        root = received(body)
        capabilities = tuple(asked.get("Capabilities") or ())
        require_capabilities(root, capabilities)
        found = await values(root, asked.get("Parameters") or (), former, self._from_ssm, self._apart.run)
        sent = body
        if macros.has_any(root) and macros.CAPABILITY not in capabilities and not asked.get("ChangeSetName"):
            raise needs_capability(macros.CAPABILITY)
        if macros.has_own(root):
            body = await macros.expanded(self._account, body, {**found.given, **found.resolved})
            root = parsed(body)
            require_capabilities(root, capabilities)
        files = await included(self._account, root, found.given)
        self._check_values(root, found)
        file, tags = kept_file(self._account, body, files), asked.get("Tags")
        if named := transforms(root):
            self._check_processed(_SAM if _SAM in named else named[0], file, found, capabilities)
        self._judge(file, found)
        return Content(
            body,
            file,
            found.given,
            found.resolved,
            tuple(tags) if tags is not None else former.tags if former else (),
            capabilities,
            "" if sent == body else sent,
        )

    def _check_values(self, root: Mapping[str, Any], found: Values) -> None:
        cloud = self._account.cloud
        whole = {**found.given, **found.resolved}
        require_existing(section(root, "Parameters"), whole, View(cloud))
        require_mappings(root, {**whole, "AWS::Region": cloud.region, "AWS::AccountId": cloud.account_id})

    def _judge(self, file: Path, found: Values) -> None:
        cloud = self._account.cloud
        try:
            judge(file, {**found.given, **found.resolved}, cloud.region, cloud.account_id)
        except NetfulError as error:
            raise invalid(f"Template validation error: {refusal(error)}") from error

    def _check_processed(self, transform: str, file: Path, found: Values, capabilities: tuple[str, ...]) -> None:
        try:
            root = processed(file, {**found.given, **found.resolved}, self._account.cloud.region)
        except NetfulError as error:
            raise invalid(
                f"Transform {transform} failed with: {refusal(error)}. Rollback requested by user."
            ) from error
        require_capabilities(root, capabilities)

    async def body(self, asked: Mapping[str, Any]) -> str:
        """Return the template that a request has as a text, or at an address in a bucket. Raises ApiError."""
        body, url = asked.get("TemplateBody"), asked.get("TemplateURL")
        if body:
            if len(body.encode()) > MOST_BODY_BYTES:
                raise invalid(
                    f"1 validation error detected: Value '{body}' at 'templateBody' failed to satisfy constraint: Member must "
                    f"have length less than or equal to {MOST_BODY_BYTES}"
                )
            return str(body)
        if not url:
            raise invalid("Either Template URL or Template Body must be specified.")
        if url.startswith("s3://"):
            raise invalid(f"S3 error: Domain name specified in {url.split('/')[2]} is not a valid S3 domain")
        address = address_of(url)
        if address is None:
            raise invalid("TemplateURL must be a supported URL.")
        content = await fetched(self._account, address)
        if content is None:
            raise invalid("S3 error: The specified key does not exist.")
        return content.decode("utf-8", errors="replace")

    async def _from_ssm(self, name: str) -> str | None:
        host = service_names.service("ssm").host(self._account.cloud.region)
        request = json_request("AmazonSSM.GetParameter", {"Name": name, "WithDecryption": True})
        response = await self._account.call_host(host, request)
        found = json.loads(response.body).get("Parameter", {}) if response.status == 200 else {}
        if found.get("Type") == "SecureString":
            raise invalid(f"Parameters [{name}] referenced by template have types not supported by CloudFormation.")
        return str(found["Value"]) if found else None


def kept_file(account: Account, body: str, files: Mapping[str, bytes]) -> Path:
    """Return the file of a template, with the files that it includes beside it. Raises UnkeptError."""
    digest = sha256(body.encode() + repr(sorted(files.items())).encode()).hexdigest()
    folder = account.folder / "templates" / digest[:32]
    file = folder / ("template.json" if body.lstrip().startswith("{") else "template.yaml")
    try:
        for name, content in {**files, file.name: body.encode()}.items():
            write_whole(folder / name, content)
    except OSError as error:
        raise UnkeptError(f"the template cannot be kept in `{folder}`", why=error.strerror or "") from error
    return file


_MERGED = ("Parameters", "Mappings", "Conditions", "Resources")


def keeping(account: Account, former: Content, content: Content) -> Content:
    """Return a content with the resources that only the former one has, and with what these use."""
    before, after = parsed(former.body), parsed(content.body)
    merged = {name: {**section(before, name), **section(after, name)} for name in _MERGED}
    body = json.dumps({**after, **{name: one for name, one in merged.items() if one}}, default=str)
    return replace(
        content,
        body=body,
        file=kept_file(account, body, {}),
        parameters={**former.parameters, **content.parameters},
        resolved={**former.resolved, **content.resolved},
        original=content.sent,
    )
