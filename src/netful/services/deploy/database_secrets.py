"""Secrets of databases: those that RDS makes for master users, and what CloudFormation puts into attached ones.

`ManageMasterUserPassword` makes a secret with user name and password. A `SecretTargetAttachment` adds the database to the JSON
of its secret: engine, host, port, database name, identifier. Its user's own changes of the secret stay.
"""

import json
import secrets
from collections.abc import Iterator
from dataclasses import replace
from typing import Any

from netful.engine.trace.ends.default_ports import default_port
from netful.model.cloud import Cloud
from netful.model.core import Resource, is_true
from netful.model.json_texts import json_or
from netful.model.names import service_names
from netful.model.names.generated.managed_names import label_of, managed_name
from netful.model.names.generated.master_secret import master_secret_name
from netful.services.deploy.left_out import LeftOut, message
from netful.services.http.backend_requests import CallHost, json_request

_ATTACHMENT = "AWS::SecretsManager::SecretTargetAttachment"
# The property with the database's name, the key of its identifier and the attribute with its endpoint, by type.
_TARGETS = {
    "AWS::RDS::DBInstance": ("DBName", "dbInstanceIdentifier", "Endpoint.Address", "DBInstanceIdentifier"),
    "AWS::RDS::DBCluster": ("DatabaseName", "dbClusterIdentifier", "Endpoint.Address", "DBClusterIdentifier"),
    "AWS::DocDB::DBInstance": ("", "dbInstanceIdentifier", "Endpoint", "DBInstanceIdentifier"),
    "AWS::DocDB::DBCluster": ("", "dbClusterIdentifier", "Endpoint", "DBClusterIdentifier"),
    "AWS::Redshift::Cluster": ("DBName", "dbClusterIdentifier", "Endpoint.Address", "ClusterIdentifier"),
}
# The engine of a secret, by the beginning of the database's engine or by its type.
_ENGINES = (
    ("aurora-postgresql", "postgres"),
    ("postgres", "postgres"),
    ("mariadb", "mariadb"),
    ("aurora", "mysql"),
    ("mysql", "mysql"),
    ("oracle", "oracle"),
    ("sqlserver", "sqlserver"),
    ("db2", "db2"),
)
_ENGINES_OF_TYPES = {"AWS::DocDB": "mongo", "AWS::Redshift": "redshift"}
_PASSWORD = {"ExcludeCharacters": "/@\"'\\ "}


def managed_secrets(cloud: Cloud) -> Iterator[Resource]:
    """Yield the secrets that RDS makes for master users, each as a secret of the template with the id of its database."""
    for one in cloud.template.resources.values():
        name = master_secret_name(one.type, one.id, cloud.region_of(one.id), cloud.account_id)
        if name and is_true(one.properties.get("ManageMasterUserPassword")):
            template = json.dumps({"username": str(one.properties.get("MasterUsername"))})
            asked = {"SecretStringTemplate": template, "GenerateStringKey": "password", **_PASSWORD}
            properties = {"Name": name, "GenerateSecretString": asked}
            yield Resource(one.id, "AWS::SecretsManager::Secret", properties, region=one.region, origin=one.origin)


def attached_secrets(cloud: Cloud) -> Iterator[Resource]:
    """Yield the secrets of attachments, each with its database as a further property: another database is a change of it."""
    for one in cloud.template.resources.values():
        named, target = one.properties.get("SecretId"), _target(cloud, one)
        secret = cloud.template.resources.get(cloud.named(named)) if target and isinstance(named, str) else None
        if target and secret:
            yield replace(secret, properties={**secret.properties, "netful:Target": facts(cloud, target)})


async def attach_secrets(cloud: Cloud, call_host: CallHost) -> list[LeftOut]:
    """Put the databases of attachments into their secrets. Return a warning for each that is not attached."""
    left_out = []
    for one in cloud.template.resources.values():
        target = _target(cloud, one)
        if target is not None:
            added, region = facts(cloud, target), cloud.region_of(one.id)
            why = await _attach(str(one.properties.get("SecretId")), added, region, call_host)
            left_out += [LeftOut(one.id, f"`{one.id}` is", why, one.origin)] if why else []
    return left_out


def _target(cloud: Cloud, attachment: Resource) -> Resource | None:
    named = attachment.properties.get("TargetId") if attachment.type == _ATTACHMENT else None
    target = cloud.template.resources.get(cloud.named(named)) if isinstance(named, str) else None
    return target if target and target.type in _TARGETS else None


def facts(cloud: Cloud, target: Resource) -> dict[str, Any]:
    """Return what an attachment adds for a database."""
    name_property, identifier, endpoint, own = _TARGETS[target.type]
    engine = str(target.properties.get("Engine") or "")
    by_type = next((engine for kind, engine in _ENGINES_OF_TYPES.items() if target.type.startswith(kind)), engine)
    name = target.properties.get(name_property)
    return {
        "engine": next((short for begin, short in _ENGINES if engine.startswith(begin)), by_type),
        "host": managed_name(target.type, endpoint, label_of(target), cloud.region_of(target.id)),
        "port": default_port(cloud, target.id, 0),
        **({"dbname": name} if isinstance(name, str) else {}),
        identifier: str(target.properties.get(own) or target.id).lower(),
    }


async def _attach(secret_id: str, added: dict[str, Any], region: str, call_host: CallHost) -> str:
    """Add members to the JSON of a secret; return the reason why not, or ""."""
    host = service_names.service("secretsmanager").host(region)
    answer = await call_host(host, json_request("secretsmanager.GetSecretValue", {"SecretId": secret_id}))
    if answer.status != 200:
        return message(answer)
    value = json_or(json.loads(answer.body).get("SecretString", ""))
    if not isinstance(value, dict):
        return f"the secret `{secret_id}` is not JSON"
    if value.items() >= added.items():
        return ""
    content = {
        "SecretId": secret_id,
        "SecretString": json.dumps(value | added),
        "ClientRequestToken": secrets.token_hex(16),
    }
    answer = await call_host(host, json_request("secretsmanager.PutSecretValue", content))
    return message(answer) if answer.status != 200 else ""
