"""Routes that AWS refuses: they name an instance that has several interfaces."""

from collections.abc import Iterator

from netful.model.cloud import Cloud
from netful.model.network.route_tables import TargetKind

_ATTACHMENT = "AWS::EC2::NetworkInterfaceAttachment"


def of_instances(cloud: Cloud) -> Iterator[tuple[str, str]]:
    """Yield routes to an instance that is launched with several interfaces. One that is attached later may come after the route."""
    every = cloud.template.resources.values()
    later = {cloud.named(str(one.properties.get("NetworkInterfaceId"))) for one in every if one.type == _ATTACHMENT}
    for table in cloud.network.route_tables.values():
        for route in table.routes:
            named = route.target_id if route.target_kind is TargetKind.INSTANCE else None
            own = cloud.network.interfaces_of(named) if isinstance(named, str) else ()
            if len([one for one in own if one.id not in later]) > 1:
                yield route.id, f"there are multiple interfaces attached to instance `{named}`"
