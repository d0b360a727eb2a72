"""Stages of described APIs that serve what was deployed, and not what the other answers have."""

from collections.abc import Iterator

from netful.model.unread import Unread, Weight
from netful.sources.described.apis.parts import each
from netful.sources.described.files import Description
from netful.sources.described.item import Item

_NAMES = {"apigateway.Stages": ("stageName", "deploymentId"), "apigatewayv2.Stages": ("StageName", "DeploymentId")}


def deployed(description: Description) -> Iterator[Unread]:
    """Yield the assumptions that stages serve their APIs as described: an API may have changed since its deployment."""
    for kind, (name, deployment) in _NAMES.items():
        kept: dict[str, list[Item]] = {}
        for api_id, item in each(description, kind):
            failed = "failed" in item.text("LastDeploymentStatusMessage")
            if failed or (item.text(deployment) and not item.flag("AutoDeploy")):
                kept.setdefault(api_id, []).append(item)
        for api_id, items in kept.items():
            stages = ", ".join(f"`{item.text(name)}`" for item in items)
            assumed = f"{api_id} has not changed since its deployment to {stages}"
            yield Unread(api_id, deployment, Weight.ASSUMED, (api_id,), origin=items[0].origin, assumption=assumed)
