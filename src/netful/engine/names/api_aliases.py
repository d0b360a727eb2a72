"""Names whose records lead to API Gateway: only a custom domain name is served there (api-gateway §2.7, §5.19)."""

from netful.engine.names import hosted_zones
from netful.engine.names.api_names import own_name
from netful.model.cloud import Cloud
from netful.model.names.generated.custom_domains import regional_host


def leads_to_unloaded(cloud: Cloud, host: str) -> bool:
    """Return whether a record leads a host to an API or a custom domain name that was not loaded."""
    named = (str(target).lower().rstrip(".") for target in hosted_zones.targets(cloud, host))
    return any(own_name(cloud, target) is not None and not _is_loaded(cloud, target) for target in named)


def _is_loaded(cloud: Cloud, target: str) -> bool:
    named = own_name(cloud, target)
    domains = cloud.apis.domain_names.values()
    hosts = (regional_host(str(name), cloud.region_of(one.id)) for one in domains for name in (one.id, one.domain_name))
    return (named is not None and named.api_id in cloud.apis.by_id) or target in hosts
