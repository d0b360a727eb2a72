"""Public hosts of the services that a cloud uses."""

from netful.model.cloud import Cloud
from netful.model.names import service_names
from netful.services.deploy.database_secrets import managed_secrets
from netful.services.deploy.resource_kinds import services_in_use


def hosts_in_use(cloud: Cloud) -> tuple[str, ...]:
    """Return the public hosts of the services for which the template has endpoints or resources."""
    codes = dict.fromkeys(endpoint.service for endpoint in cloud.network.vpc_endpoints.values() if endpoint.service)
    if cloud.compute.ssm_parameters:
        codes["ssm"] = None
    codes.update(dict.fromkeys(services_in_use((*cloud.template.resources.values(), *managed_secrets(cloud)))))
    return tuple(service_names.service(code).host(cloud.region) for code in codes)
