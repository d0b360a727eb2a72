"""AWS's ids of the things of a template, in the default account and region."""

from netful.model import identity
from netful.model.cloud import DEFAULT_ACCOUNT, DEFAULT_REGION
from netful.model.names.generated.id_forms import FORMS, formed


def api_id(name):
    return identity.api_id(DEFAULT_ACCOUNT, DEFAULT_REGION, name)


def ec2_id(prefix, name):
    return identity.ec2_id(prefix, DEFAULT_ACCOUNT, DEFAULT_REGION, name)


def key_id(name: str) -> str:
    """Return the id of the API key of a template."""
    return formed(FORMS["AWS::ApiGateway::ApiKey"], DEFAULT_ACCOUNT, DEFAULT_REGION, name)


def id_in(region, kind, name):
    """Return the id of a resource of a type in a region, whose properties do not matter."""
    return identity.id_of(kind, DEFAULT_ACCOUNT, region, name, {}.get)
