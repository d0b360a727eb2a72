"""Described Lambda functions."""

from collections.abc import Mapping

from netful.model.functions.capacity_providers import CapacityProvider
from netful.model.functions.function import Code, Function
from netful.model.functions.images import ImageConfig
from netful.sources.described.files import Description
from netful.sources.described.item import Item
from netful.sources.files.complaint import fail
from netful.sources.parts import PartReader
from netful.sources.readers.functions import on_provider


def functions(description: Description, capacity_providers: Mapping[str, CapacityProvider]) -> dict[str, Function]:
    """Return the functions; their code is in AWS."""
    found = {}
    for item in description.of("Functions"):
        managed = item.part("CapacityProviderConfig").part("LambdaManagedInstancesCapacityProviderConfig")
        found[item.text("FunctionName")] = on_provider(
            _function(item), managed.text("CapacityProviderArn") or None, capacity_providers
        )
    return found


def _function(item: Item) -> Function:
    name, vpc = item.text("FunctionName"), item.part("VpcConfig")
    if not name:
        fail("a function has no `FunctionName`", item.origin, hint="as `aws lambda list-functions` answers")
    return Function(
        id=name,
        function_name=name,
        code=Code(why=f"the code of `{name}` is in AWS", origin=item.origin),
        handler=item.text("Handler"),
        runtime=item.text("Runtime"),
        timeout=item.number("Timeout", 3),
        memory_size=item.number("MemorySize", 128),
        environment={key: str(value) for key, value in item.part("Environment").part("Variables").data.items()},
        subnet_ids=vpc.texts("SubnetIds"),
        security_group_ids=vpc.texts("SecurityGroupIds"),
        ipv6_allowed_for_dual_stack=vpc.flag("Ipv6AllowedForDualStack"),
        role=item.text("Role") or None,
        durable=bool(item.part("DurableConfig").data),
        tenant_isolation=item.part("TenancyConfig").text("TenantIsolationMode") == "PER_TENANT",
        package_type=item.text("PackageType") or "Zip",
        image_config=_image_config(item.part("ImageConfigResponse").part("ImageConfig")),
        origin=item.origin,
    )


def _image_config(item: Item) -> ImageConfig:
    return ImageConfig(
        entry_point=item.texts("EntryPoint") or None,
        command=item.texts("Command") or None,
        working_directory=item.text("WorkingDirectory") or None,
    )


READERS = (PartReader("functions", functions, needs=("capacity_providers",)),)
