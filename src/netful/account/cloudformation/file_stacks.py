"""Stacks of the templates that `netful up` named: stacks of the account like those that clients deploy."""

from collections.abc import Iterator
from pathlib import Path

from netful.account.cloudformation.account import Account
from netful.account.cloudformation.deployments import progress
from netful.account.cloudformation.records import Content, StackRecord
from netful.account.cloudformation.stacks import Stacks
from netful.account.cloudformation.templates.template_text import parsed, section
from netful.account.wire.errors import ApiError
from netful.model.cloud import Cloud
from netful.model.network.vpc import DEFAULT_STACK

_NO_UUID = "00000000-0000-0000-0000-000000000000"  # as the templates' own `AWS::StackId` has


def follow(stacks: Stacks, account: Account) -> None:
    """Bring the records of these stacks to what the templates are now."""
    for name, file in _files(account):
        record = stacks.by_name.get(name) or stacks.add(StackRecord(name, stack_id(account.cloud, name)))
        try:
            body = file.read_text(encoding="utf-8")
            if record.content is None or record.content.body != body:
                progress.follow(record, account.cloud, name, _content(account, body, file))
        except (OSError, ApiError):  # a plan, or a file that is gone: nothing that CloudFormation deploys
            stacks.drop(record)


def _files(account: Account) -> Iterator[tuple[str, Path]]:
    deployed = {one.name for one in account.stacks}
    found = {one.stack: Path(one.origin.file) for one in account.as_written.template.resources.values() if one.stack}
    for name, file in found.items():
        if name.partition("/")[0] not in deployed and name != DEFAULT_STACK:
            yield name, file


def stack_id(cloud: Cloud, name: str) -> str:
    """Return the id of a stack by its name."""
    return cloud.arn("cloudformation", f"stack/{name}/{_NO_UUID}")


def _content(account: Account, body: str, file: Path) -> Content:
    values = account.cloud.template.parameters
    known = {name: text for name in section(parsed(body), "Parameters") if isinstance(text := values.get(name), str)}
    return Content(body, file, known)
