"""Public front of API Gateway: its address in a Region, which serves every regional API there."""

from netful.engine.network.packet import Journey
from netful.model.cloud import Cloud
from netful.model.names import service_names
from netful.model.network.addresses import service_address


def region_of(cloud: Cloud, journey: Journey) -> str:
    """Return the Region of the public front that packets reached; "" if they did not reach one."""
    flow = journey.flow
    if flow is None or journey.end is not None or flow.destination.address is None:
        return ""
    service, there = service_names.service("execute-api"), flow.destination.address.network_address
    regions = (cloud.region, *(api.region for api in cloud.apis.by_id.values()))
    return next((region for region in regions if service_address(service, region) == there), "")
