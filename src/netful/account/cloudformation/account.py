"""The running account as CloudFormation uses it: its cloud, the step to another one, its services and functions."""

from collections.abc import Callable, Collection, Iterable, Sequence
from pathlib import Path
from typing import Protocol

from netful.account.cloudformation.records import StackRecord
from netful.model.cloud import Cloud
from netful.model.core import NetfulError, Resource
from netful.services.http.message import Request, Response
from netful.sources.account.deployed_stack import DeployedStack


class DeploymentError(NetfulError):
    """A deployment failed, at a resource of the cloud if that is known."""

    def __init__(self, why: str, resource_id: str = "") -> None:
        super().__init__(why)
        self.resource_id = resource_id


class Account(Protocol):
    """The account that runs."""

    @property
    def cloud(self) -> Cloud:
        """The cloud that runs."""

    @property
    def as_written(self) -> Cloud:
        """The cloud as its templates have it, before calls of other APIs changed anything."""

    @property
    def stacks(self) -> tuple[DeployedStack, ...]:
        """The stacks that are deployed."""

    records: Callable[[], Sequence[StackRecord]]
    """Returns the records of the stacks: at first those that an earlier process kept."""

    def keep(self) -> None:
        """Keep the records, and the stacks that are deployed, for a later process. Raises StackError."""

    @property
    def folder(self) -> Path:
        """The folder for templates and objects of its stacks."""

    async def would_be(self, stacks: Sequence[DeployedStack], without: str = "") -> Cloud:
        """Return the cloud with these stacks, as written. Raises NetfulError where one cannot be read."""

    async def deploy(
        self,
        stacks: Sequence[DeployedStack],
        kept: Iterable[Resource] = (),
        without: str = "",
        imported: Collection[str] = (),
    ) -> None:
        """Become the cloud with these stacks, and with resources `kept` that no stack has any more.

        `without` is the stack of a template file that is deleted. `imported` are resources, by their ids in the cloud, that the
        account or its services have already.

        Raises NetfulError; nothing has changed then. A DeploymentError names the resource.
        """

    async def call_host(self, host: str, request: Request) -> Response:
        """Call the back end of the service that answers on a host."""

    def newest_version(self, function: str) -> int:
        """Return the number of the newest version that a function has had; 0 without one."""

    async def invoke(self, function: str, payload: bytes) -> bytes:
        """Invoke a function by its name or ARN, and return its answer. Raises NetfulError."""
