"""Associations that let VPC endpoints reach private domain names."""

from typing import Any

from netful.account.apigateway.edits import edit, new_id, resource, tag_list
from netful.account.apigateway.operations.faults import not_found
from netful.account.apigateway.operations.operation import Change, Operation, OperationRequest, Site, page
from netful.account.apigateway.operations.representation import known, tags
from netful.account.apigateway.shapes import input_shape, properties, shown
from netful.account.changes import Remove, new
from netful.model.cloud import Cloud

_ASSOCIATION = "AWS::ApiGateway::DomainNameAccessAssociation"


def _association_arn(cloud: Cloud, id_: str) -> str:
    association = cloud.apis.domain_name_access_associations[id_]
    domain, endpoint = str(association.domain).rpartition("/")[2], association.vpc_endpoint_id
    return cloud.arn("apigateway", f"/domainnameaccessassociations/domainname/{domain}/vpcesource/{endpoint}")


def _association(cloud: Cloud, id_: str) -> dict[str, Any]:
    members = shown("apigateway", "DomainNameAccessAssociation", resource(cloud, id_).properties)
    return {**members, **known(domainNameAccessAssociationArn=_association_arn(cloud, id_), tags=tags(cloud, id_))}


def _create_domain_name_access_association(site: Site, wanted: OperationRequest) -> Any:
    """CreateDomainNameAccessAssociation: let an endpoint reach a private domain name."""
    own = properties(input_shape("apigateway", "CreateDomainNameAccessAssociation"), wanted.body)
    id_ = new_id()
    edit(site, new(_ASSOCIATION, id_, tag_list(own)))
    return _association(site.cloud, id_)


def _get_domain_name_access_associations(site: Site, wanted: OperationRequest) -> Any:
    return page(wanted, (_association(site.cloud, one.id) for one in site.cloud.template.of_type(_ASSOCIATION)))


def _delete_domain_name_access_association(site: Site, wanted: OperationRequest) -> None:
    arn = wanted.names["arn"]
    one = next(
        (one for one in site.cloud.template.of_type(_ASSOCIATION) if _association_arn(site.cloud, one.id) == arn), None
    )
    if one is None:
        raise not_found("Invalid domain name access association identifier specified")
    edit(site, Remove(one.id))


OPERATIONS = (
    Operation(_get_domain_name_access_associations),
    Change(_create_domain_name_access_association),
    Change(_delete_domain_name_access_association),
)
