"""Services that Fargate reaches through a task's own interface before its containers start (hosts §7)."""

import re
from collections.abc import Iterator, Mapping
from typing import Any, NamedTuple

from netful.model.core import mapping, mappings

_OWN_REGISTRY = re.compile(r"\d{12}\.dkr\.ecr\.(?P<region>[a-z0-9-]+)\.amazonaws\.com(\.cn)?/.*")
_REGISTRY = ("aws:ecr.api", "aws:ecr.dkr", "aws:s3")


class Need(NamedTuple):
    """A kind of thing that is fetched or sent, and the place of a question where it is."""

    kind: str
    destination: str


def needs_of(definition: Mapping[str, Any], region: str) -> Iterator[Need]:
    """Yield what the containers of a task definition need, each as often as it is needed."""
    for container in mappings(definition.get("ContainerDefinitions")):
        image = container.get("Image")
        if isinstance(image, str):
            own = _OWN_REGISTRY.fullmatch(image)
            places = ("internet",) if own is None else _REGISTRY if own["region"] == region else ()
            yield from (Need("image", place) for place in places)
        if mapping(container.get("RepositoryCredentials")).get("CredentialsParameter"):
            yield Need("secrets", "aws:secretsmanager")
        for secret in mappings(container.get("Secrets")):
            value = secret.get("ValueFrom")
            if isinstance(value, str):
                is_secret = value.startswith("arn:") and ":secretsmanager:" in value
                yield Need("secrets", "aws:secretsmanager" if is_secret else "aws:ssm")
        if mappings(container.get("EnvironmentFiles")):
            yield Need("environment files", "aws:s3")
        logs = container.get("LogConfiguration")
        if isinstance(logs, Mapping) and logs.get("LogDriver") == "awslogs":
            yield Need("logs", "aws:logs")
