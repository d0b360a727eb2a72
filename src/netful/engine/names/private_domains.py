"""Private custom domain names, as endpoints lead to them: each needs an access association with the domain name (§2.4).

The association alone names a domain of another account.
"""

from netful.engine.flows.truth import every, some
from netful.engine.names.api_names import domain_in, domains_named, maps
from netful.model.apis.domain import DomainNameAccessAssociation
from netful.model.cloud import Cloud
from netful.model.core import Unknown


def is_associated(cloud: Cloud, host: str, endpoint_id: str) -> bool | None:
    """Return whether an endpoint is associated with the domain name that is a request's host; None if that is not known."""
    return some(every((_names(cloud, one, host), _leads(one, endpoint_id))) for one in _associations(cloud))


def missing(cloud: Cloud) -> tuple[str, ...]:
    """Return the input to supply for associations that are not known."""
    values = (value for one in _associations(cloud) for value in (one.domain, one.vpc_endpoint_id))
    return tuple(need for value in values if isinstance(value, Unknown) for need in value.needs or (value.why,))


def _associations(cloud: Cloud) -> tuple[DomainNameAccessAssociation, ...]:
    return tuple(cloud.apis.domain_name_access_associations.values())


def _names(cloud: Cloud, one: DomainNameAccessAssociation, host: str) -> bool | None:
    if isinstance(one.domain, Unknown):
        return None
    return domain_in(one.domain).lower() == host.lower().rstrip(".") or any(
        maps(one.domain, each) for each in domains_named(cloud, host)
    )


def _leads(one: DomainNameAccessAssociation, endpoint_id: str) -> bool | None:
    return None if isinstance(one.vpc_endpoint_id, Unknown) else one.vpc_endpoint_id == endpoint_id
