"""Functions, their parameters and images, and the programs of hosts, by id."""

from collections.abc import Mapping

from msgspec import field

from netful.model.core import Frozen
from netful.model.functions.capacity_providers import CapacityProvider
from netful.model.functions.function import Function, SsmParameter
from netful.model.functions.images import Image, names_of
from netful.model.functions.programs import Attachment, EngineSettings, Program
from netful.model.functions.rollouts import Rollout


class Compute(Frozen, dict=True):
    """Functions, their parameters and images, and the programs of hosts, by id."""

    functions: Mapping[str, Function] = field(default_factory=dict)
    capacity_providers: Mapping[str, CapacityProvider] = field(default_factory=dict)
    ssm_parameters: Mapping[str, SsmParameter] = field(default_factory=dict)
    programs: Mapping[str, Program] = field(default_factory=dict)
    attachments: Mapping[str, Attachment] = field(default_factory=dict)
    engine_settings: Mapping[str, EngineSettings] = field(default_factory=dict)
    images: Mapping[str, Image] = field(default_factory=dict)
    rollouts: Mapping[str, Rollout] = field(default_factory=dict)

    def image(self, uri: str, *owners: str) -> Image | None:
        """Return what this machine has of an image: declared for one of its owners, or for its URI."""
        return next((self.images[name] for name in (*owners, *names_of(uri)) if name in self.images), None)

    def function_id(self, name: str) -> str:
        """Return the id of the function with a name; the name itself if no function has it."""
        if name in self.functions:
            return name
        return next((function.id for function in self.functions.values() if function.function_name == name), name)


def qualified(text: str) -> tuple[str, str]:
    """Return the name of a function and its version or alias, "" without one, of its name or ARN."""
    name, _, qualifier = (text.partition(":function:")[2] or text).partition(":")
    return name, qualifier
