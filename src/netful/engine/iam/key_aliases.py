"""KMS keys by the aliases of a template. A policy names the key, never its alias."""

from netful.engine.iam.service_actions import RequestedAction
from netful.model.cloud import Cloud
from netful.model.core import Unknown

_ALIAS, _ARN = "AWS::KMS::Alias", ":alias/"


def resolved(cloud: Cloud, asked: RequestedAction) -> RequestedAction:
    """Return an action on an alias as the one on its key; on an unknown key if no source has the alias. Others stay."""
    place, found, name = asked.resource.partition(_ARN)
    if not asked.action.startswith("kms:") or not found:
        return asked
    aliases = (one.properties for one in cloud.template.of_type(_ALIAS))
    target = next((one.get("TargetKeyId") for one in aliases if one.get("AliasName") == f"alias/{name}"), None)
    if target is None or isinstance(target, Unknown):
        return RequestedAction(asked.action)
    key = cloud.aws_id(str(target))
    return RequestedAction(asked.action, key if key.startswith("arn:") else f"{place}:key/{key}")
