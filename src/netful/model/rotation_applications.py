"""AWS's applications of the Serverless Application Repository that rotate the secrets of databases, which the CDK deploys.

Each has one function, whose ARN is its output `RotationLambdaARN`. They rotate as `HostedRotationLambda` does.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from netful.model.core import at, mapping

OUTPUT = "Outputs.RotationLambdaARN"
_APPLICATION = re.compile(
    r"arn:[\w-]+:serverlessrepo:.+:applications/SecretsManagerRDS(\w+)Rotation(SingleUser|MultiUser)"
)


def function_name(properties: Mapping[str, Any]) -> str:
    """Return the name of the function of a nested stack; "" if it is another application."""
    name = mapping(properties.get("Parameters")).get("functionName")
    return name if isinstance(name, str) and _of(properties) else ""


def settings(properties: Mapping[str, Any]) -> Mapping[str, Any]:
    """Return the settings of an application as `HostedRotationLambda` has them."""
    found, given = _of(properties), mapping(properties.get("Parameters"))
    assert found is not None
    return {
        "RotationType": found[1] + found[2],
        "ExcludeCharacters": given.get("excludeCharacters"),
        "MasterSecretArn": given.get("masterSecretArn"),
    }


def _of(properties: Mapping[str, Any]) -> re.Match[str] | None:
    return _APPLICATION.fullmatch(str(at(properties, "TemplateURL.ApplicationId")))
