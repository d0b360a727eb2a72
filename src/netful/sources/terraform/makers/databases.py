"""Databases of a plan: parameters of groups, the secrets of proxies, users of brokers, generated passwords.

A `random_password` is a secret that `netful up` generates, so that all that refer to it have the same value. The value of a secret
that is known only after apply is that of its text beside the plan: a plan does not show what is around a reference, such as `jsonencode`.
"""

from __future__ import annotations

import string
from collections.abc import Mapping
from functools import partial
from typing import Any

from netful.sources.terraform.plan.blocks import blocks_of
from netful.sources.terraform.plan.planned_resources import Planned
from netful.sources.terraform.plan.references import after_apply
from netful.sources.terraform.translation import Completion, Maker, Translation


def _parameters(property_: str, making: Translation, resource: Planned) -> dict[str, Any]:
    """Return the parameters of a group by their names."""
    named = (
        (block[0].get("name"), making.argument(resource, "value", *block)) for block in blocks_of(resource, "parameter")
    )
    return {property_: {name: value for name, value in named if isinstance(name, str)}}


def _generated(_making: Translation, resource: Planned) -> dict[str, Any]:
    """Return the kinds of characters of a password."""
    allowed = resource.values.get("override_special")
    special = resource.values.get("special") is not False
    kept = (allowed if isinstance(allowed, str) else string.punctuation) if special else ""
    excluded = "".join(one for one in string.punctuation if one not in kept)
    return {"GenerateSecretString": {"PasswordLength": resource.values.get("length"), "ExcludeCharacters": excluded}}


def _value(making: Translation, resource: Planned) -> None:
    """Give a secret the value of its version."""
    secret, known = making.holder(making.value(resource, "secret_id")), resource.values.get("secret_string")
    if secret is None:
        making.put_whole(resource)
    else:
        by_text = making.by_text(resource, "secret_string", {}, own=True)
        value = by_text if isinstance(by_text, (str, dict)) else after_apply(f"{resource.address}.secret_string")
        making.extend(secret, "SecretString", known if isinstance(known, str) else value, resource)


COMPLETIONS: Mapping[str, Completion] = {
    "aws_db_parameter_group": partial(_parameters, "Parameters"),
    "aws_rds_cluster_parameter_group": partial(_parameters, "Parameters"),
    "aws_elasticache_parameter_group": partial(_parameters, "Properties"),
    "random_password": _generated,
}
MAKERS: Mapping[str, Maker] = {"aws_secretsmanager_secret_version": _value}
