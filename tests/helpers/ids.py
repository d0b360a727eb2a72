"""AWS's ids of the things of a template, in the default account and region."""

from __future__ import annotations

from netful.model import identity
from netful.model.cloud import DEFAULT_ACCOUNT, DEFAULT_REGION


def api_id(name):
    return identity.api_id(DEFAULT_ACCOUNT, DEFAULT_REGION, name)


def ec2_id(prefix, name):
    return identity.ec2_id(prefix, DEFAULT_ACCOUNT, DEFAULT_REGION, name)
