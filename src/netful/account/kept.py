"""State of an account that outlives its process: stacks with their events, and what API calls made and changed."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from typing import Any

import msgspec

from netful.account.changes import Edit, Put, Remove, marked
from netful.account.cloudformation.deployments.changes import known
from netful.account.cloudformation.records import StackRecord
from netful.model.core.errors import StackError
from netful.model.core.origin import BY_CALL
from netful.model.core.resource import Resource
from netful.sources.account.deployed_stack import DeployedStack

FILE = "account.json"


class KeptStack(msgspec.Struct, frozen=True):
    """A deployed stack. `objects` are rows of bucket, key and file, `made` rows of stack, logical id and answer.

    `generations` are rows of stack, logical id and the number of replacements.
    """

    name: str
    file: str
    given: dict[str, str]
    objects: list[tuple[str, str, str]]
    made: list[tuple[str, str, dict[str, Any]]]
    generations: list[tuple[str, str, int]] = []

    @classmethod
    def of(cls, stack: DeployedStack) -> KeptStack:
        """Return a deployed stack as it is kept."""
        objects = [(*address, str(path)) for address, path in stack.objects.items()]
        made = [(*place, dict(answer)) for place, answer in stack.made.items()]
        generations = [(*place, number) for place, number in stack.generations.items()]
        return cls(stack.name, str(stack.file), dict(stack.given), objects, made, generations)

    def stack(self) -> DeployedStack:
        """Return the deployed stack."""
        objects = {(bucket, key): Path(path) for bucket, key, path in self.objects}
        made = {(stack, logical_id): answer for stack, logical_id, answer in self.made}
        generations = {(stack, logical_id): number for stack, logical_id, number in self.generations}
        return DeployedStack(self.name, Path(self.file), self.given, objects, made, generations)


class KeptResource(msgspec.Struct, frozen=True):
    """A resource as an API call left it."""

    id: str
    type: str
    properties: dict[str, Any]
    stack: str = ""
    depends_on: tuple[str, ...] = ()
    references: tuple[str, ...] = ()
    ref: str = ""
    generation: int = 0


class KeptAccount(msgspec.Struct, frozen=True):
    """An account: the records of its stacks, the stacks as deployed with the ids of their resources, and edits by calls."""

    records: list[StackRecord] = []
    stacks: list[KeptStack] = []
    known_ids: dict[str, dict[str, str]] = {}
    put: list[KeptResource] = []
    gone: list[str] = []

    def deployed(self) -> tuple[DeployedStack, ...]:
        """Return the deployed stacks."""
        return tuple(one.stack() for one in self.stacks)

    def edits(self) -> Iterator[Edit]:
        """Yield the edits by calls."""
        for one in self.put:
            yield Put(
                Resource(
                    one.id, one.type, marked(one.properties), one.depends_on, one.stack,
                    BY_CALL, references=one.references, ref=one.ref, generation=one.generation,
                )
            )  # fmt: skip
        yield from map(Remove, self.gone)


def kept_account(
    records: Iterable[StackRecord],
    stacks: Iterable[DeployedStack],
    known_ids: Mapping[str, Mapping[str, str]],
    edits: Iterable[Edit],
) -> KeptAccount:
    """Return an account as it is kept."""
    every = [*edits]
    return KeptAccount(
        [*records],
        [KeptStack.of(one) for one in stacks],
        {stack: dict(ids) for stack, ids in known_ids.items()},
        [_resource(one.resource) for one in every if isinstance(one, Put)],
        [one.id for one in every if isinstance(one, Remove)],
    )


def _resource(one: Resource) -> KeptResource:
    properties = {name: known(value) for name, value in one.properties.items()}
    ref = one.ref if isinstance(one.ref, str) else ""
    return KeptResource(one.id, one.type, properties, one.stack, one.depends_on, one.references, ref, one.generation)


def read(folder: Path) -> KeptAccount:
    """Return the account in a folder, an empty one without a file. Raises StackError if it cannot be read."""
    file = folder / FILE
    try:
        return msgspec.json.decode(file.read_bytes(), type=KeptAccount, dec_hook=_path)
    except FileNotFoundError:
        return KeptAccount()
    except (OSError, msgspec.MsgspecError) as error:
        hint = "delete it: the account is then empty"
        raise StackError(f"`{file}` cannot be read", why=str(error), hint=hint) from error


def write(folder: Path, account: KeptAccount) -> None:
    """Write an account to a folder, as a whole or not at all. Raises OSError."""
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    fresh = folder / f"{FILE}.new"
    fresh.touch(mode=0o600)
    fresh.write_bytes(msgspec.json.encode(account, enc_hook=str))
    fresh.replace(folder / FILE)


def _path(type_: Any, value: Any) -> Any:
    return type_(value)
