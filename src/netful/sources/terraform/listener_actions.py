"""Actions of load balancers' listeners and rules in a plan: each with the block that configures it."""

from collections.abc import Iterator
from typing import Any

from netful.sources.terraform.blocks import Block, blocks_in, blocks_of, camel
from netful.sources.terraform.plan import Planned
from netful.sources.terraform.translation import Translation

_SESSION = "scope session_cookie_name session_timeout on_unauthenticated_request authentication_request_extra_params"
_CONFIGS = {
    "forward": ("ForwardConfig", ""),
    "redirect": ("RedirectConfig", "protocol port host path query status_code"),
    "fixed_response": ("FixedResponseConfig", "content_type message_body status_code"),
    "authenticate_oidc": (
        "AuthenticateOidcConfig",
        f"authorization_endpoint token_endpoint user_info_endpoint issuer client_id client_secret {_SESSION}",
    ),
    "authenticate_cognito": (
        "AuthenticateCognitoConfig",
        f"user_pool_arn user_pool_client_id user_pool_domain {_SESSION}",
    ),
    "jwt_validation": ("JwtValidationConfig", "issuer jwks_endpoint"),
}
"""The property and the arguments of each block; CloudFormation spells an argument in camel case."""

_WITHIN = {
    ("forward", "target_group"): ("TargetGroups", {"arn": "TargetGroupArn", "weight": "Weight"}),
    ("jwt_validation", "additional_claim"): (
        "AdditionalClaims",
        {"format": "Format", "name": "Name", "values": "Values"},
    ),
}
"""Blocks that repeat within such a block."""


def actions(making: Translation, resource: Planned, name: str) -> Iterator[dict[str, Any]]:
    """Yield the actions of a resource, in a template's form."""
    for block in blocks_of(resource, name):
        group = _argument(making, resource, "target_group_arn", block)
        named = {} if group in (None, "") else {"TargetGroupArn": group}
        yield {"Type": block[0].get("type"), **named, **_configs(making, resource, block)}


def _configs(making: Translation, resource: Planned, action: Block) -> dict[str, Any]:
    found = {}
    for name, (property_, arguments) in _CONFIGS.items():
        for block in blocks_in(action, name):
            values = {camel(one): _argument(making, resource, one, block) for one in arguments.split()}
            lists = {
                key: [_renamed(making, resource, inner, spelling) for inner in blocks_in(block, within)]
                for (holder, within), (key, spelling) in _WITHIN.items()
                if holder == name
            }
            found[property_] = {key: value for key, value in (values | lists).items() if value not in (None, [], {})}
    return found


def _renamed(making: Translation, resource: Planned, block: Block, spelling: dict[str, str]) -> dict[str, Any]:
    values = {key: _argument(making, resource, name, block) for name, key in spelling.items()}
    return {key: value for key, value in values.items() if value is not None}


def _argument(making: Translation, resource: Planned, name: str, block: Block) -> Any:
    return making.argument(resource, name, *block)
