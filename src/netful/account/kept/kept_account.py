"""State of an account that outlives its process: stacks with their events, and what API calls made and changed.

It is one file, which each change replaces as a whole before the call is answered.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from typing import Any

import msgspec
from msgspec import field

from netful.account.changes import Edit, Put, Remove, marked
from netful.account.cloudformation.deployments.changes import known
from netful.account.cloudformation.records import StackRecord
from netful.account.kept.kept_addresses import KeptAddresses
from netful.account.model_json import decoded, encoded
from netful.account.things import Thing
from netful.functions.code.made_versions import MadeVersions
from netful.model.cloud import group_of
from netful.model.core import BY_CALL, Frozen, Resource, StackError, UnkeptError
from netful.sources.account.deployed_stack import DeployedStack
from netful.sources.files.whole_file import write_whole

FILE = "account.json"


class KeptStack(msgspec.Struct, frozen=True):
    """A deployed stack. `objects` are rows of bucket, key and file, `made` rows of stack, logical id and answer.

    `generations` are rows of stack, logical id and the number of replacements, `unmade` are resources that are not there.
    """

    name: str
    file: str
    given: dict[str, str]
    objects: list[tuple[str, str, str]]
    made: list[tuple[str, str, dict[str, Any]]]
    generations: list[tuple[str, str, int]] = []
    unmade: list[str] = []
    tags: dict[str, str] = {}

    @classmethod
    def of(cls, stack: DeployedStack) -> KeptStack:
        """Return a deployed stack as it is kept."""
        objects = [(*address, str(path)) for address, path in stack.objects.items()]
        made = [(*place, dict(answer)) for place, answer in stack.made.items()]
        generations = [(*place, number) for place, number in stack.generations.items()]
        unmade = sorted(stack.unmade)
        return cls(stack.name, str(stack.file), dict(stack.given), objects, made, generations, unmade, dict(stack.tags))

    def stack(self) -> DeployedStack:
        """Return the deployed stack."""
        objects = {(bucket, key): Path(path) for bucket, key, path in self.objects}
        made = {(stack, logical_id): answer for stack, logical_id, answer in self.made}
        generations = {(stack, logical_id): number for stack, logical_id, number in self.generations}
        unmade = frozenset(self.unmade)
        return DeployedStack(self.name, Path(self.file), self.given, objects, made, generations, unmade, self.tags)


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
    written_as: str = ""
    given_id: str = ""


class KeptValue:
    """A value of the model in the file."""

    def __init__(self, value: Any) -> None:
        self.value = value

    def __eq__(self, other: object) -> bool:
        return isinstance(other, KeptValue) and bool(self.value == other.value)

    __hash__ = None  # type: ignore[assignment]


class KeptAccount(msgspec.Struct, frozen=True):
    """An account: the records of its stacks, the stacks as deployed with the ids of their resources, and edits by calls.

    `empty` is set for an account that began without a template. `things` are rows of part, id and value. `versions` of
    functions, with their aliases, are by function.
    """

    empty: bool = True
    records: list[StackRecord] = []
    stacks: list[KeptStack] = []
    known_ids: dict[str, dict[str, str]] = {}
    put: list[KeptResource] = []
    gone: list[str] = []
    things: list[tuple[str, str, KeptValue]] = []
    versions: dict[str, KeptValue] = {}
    addresses: KeptAddresses = KeptAddresses()

    def __post_init__(self) -> None:
        """Refuse things of parts that the model does not have."""
        unheard = next((part for part, *_ in self.things if part not in group_of()), None)
        if unheard is not None:
            raise ValueError(f"the model has no `{unheard}`")

    def deployed(self) -> tuple[DeployedStack, ...]:
        """Return the deployed stacks."""
        return tuple(one.stack() for one in self.stacks)

    def edits(self) -> Iterator[Edit]:
        """Yield the edits by calls."""
        for one in self.put:
            yield Put(
                Resource(
                    one.id, one.type, marked(one.properties), one.depends_on, one.stack,
                    origin=BY_CALL, references=one.references, ref=one.ref, generation=one.generation,
                    written_as=one.written_as, given_id=one.given_id,
                )
            )  # fmt: skip
        yield from map(Remove, self.gone)

    def made_things(self) -> Iterator[Thing]:
        """Yield the things that calls made and changed."""
        return (Thing(part, id_, kept.value) for part, id_, kept in self.things)

    def made_versions(self) -> dict[str, MadeVersions]:
        """Return the versions and aliases that calls made, by function."""
        return {id_: kept.value for id_, kept in self.versions.items()}


class MadeByCalls(Frozen):
    """Everything that API calls made and changed beside the stacks, and the addresses that followed."""

    edits: Iterable[Edit] = ()
    things: Iterable[Thing] = ()
    versions: Mapping[str, MadeVersions] = field(default_factory=dict)
    addresses: KeptAddresses = KeptAddresses()


def kept_account(
    records: Iterable[StackRecord],
    stacks: Iterable[DeployedStack],
    known_ids: Mapping[str, Mapping[str, str]],
    made: MadeByCalls,
    *,
    empty: bool = True,
) -> KeptAccount:
    """Return an account as it is kept."""
    every = [*made.edits]
    return KeptAccount(
        empty,
        [*records],
        [KeptStack.of(one) for one in stacks],
        {stack: dict(ids) for stack, ids in known_ids.items()},
        [_resource(one.resource) for one in every if isinstance(one, Put)],
        [one.id for one in every if isinstance(one, Remove)],
        [(one.part, one.id, KeptValue(one.value)) for one in made.things],
        {id_: KeptValue(one) for id_, one in made.versions.items()},
        made.addresses,
    )


def _resource(one: Resource) -> KeptResource:
    properties = {name: known(value) for name, value in one.properties.items()}
    ref = one.ref if isinstance(one.ref, str) else ""
    return KeptResource(
        one.id, one.type, properties, one.stack, one.depends_on, one.references, ref, one.generation, one.written_as,
        one.given_id,
    )  # fmt: skip


def read(folder: Path) -> KeptAccount | None:
    """Return the account in a folder; None without a file. Raises StackError if it cannot be read."""
    file = folder / FILE
    try:
        return msgspec.json.decode(file.read_bytes(), type=KeptAccount, dec_hook=_decoded)
    except FileNotFoundError:
        return None
    except (OSError, ValueError, RecursionError, msgspec.MsgspecError) as error:
        hint = "put back a copy of it, or delete it: the account then has no stacks"
        raise StackError(f"`{file}` cannot be read", why=str(error), hint=hint) from error


def as_bytes(account: KeptAccount) -> bytes:
    """Return an account as its file has it."""
    return msgspec.json.encode(account, enc_hook=_encoded)


def write(folder: Path, content: bytes) -> None:
    """Write the file of an account to a folder, as a whole or not at all. Raises UnkeptError."""
    try:
        write_whole(folder / FILE, content)
    except OSError as error:
        hint = "free some space on the disk of the folder, and call again"
        raise UnkeptError(f"the account cannot be kept in `{folder}`", why=error.strerror or "", hint=hint) from error


def _encoded(value: Any) -> Any:
    return encoded(value.value) if isinstance(value, KeptValue) else str(value)


def _decoded(type_: Any, value: Any) -> Any:
    return KeptValue(decoded(value)) if type_ is KeptValue else type_(value)
