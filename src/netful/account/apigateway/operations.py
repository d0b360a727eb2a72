"""All operations of API Gateway's API that are served."""

from netful.account.apigateway import account_settings, tags, vpc_links
from netful.account.apigateway.domains import (
    access_associations,
    api_mappings,
    base_path_mappings,
    domain_names,
    http_domain_names,
)
from netful.account.apigateway.http import authorizers, http_apis, integrations, responses, routes
from netful.account.apigateway.mirror import mirroring
from netful.account.apigateway.rest import methods, parts, resources, rest_apis
from netful.account.apigateway.rest import responses as rest_responses
from netful.gateway.control import service
from netful.gateway.control.operations.site import Change, Operation, Site
from netful.model.steps import Becomes

_NOUNS = (
    rest_apis,
    resources,
    methods,
    rest_responses,
    parts,
    domain_names,
    base_path_mappings,
    access_associations,
    vpc_links,
    account_settings,
    tags,
    http_apis,
    routes,
    integrations,
    authorizers,
    responses,
    http_domain_names,
    api_mappings,
)
OPERATIONS: tuple[Operation, ...] = (
    *(one for noun in _NOUNS for one in noun.OPERATIONS),
    *(mirroring(one) if isinstance(one, Change) else one for one in service.OPERATIONS),
)


def control(site: Site, stack: Becomes) -> service.Control:
    """Return the handler of all operations."""
    return service.Control(site, stack, OPERATIONS)
