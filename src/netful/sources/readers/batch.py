"""Compute environments of Batch: those on Fargate have no public addresses of their own, its jobs ask for them."""

from netful.sources.template.reading import Inventory, Reader

ENVIRONMENT, DEFINITION = "AWS::Batch::ComputeEnvironment", "AWS::Batch::JobDefinition"
_FARGATE = "FARGATE"


def is_fargate(environment: Reader) -> bool:
    """Return whether the jobs of a compute environment run on Fargate."""
    return str(environment.part("ComputeResources").get("Type")).upper().startswith(_FARGATE)


def jobs_are_public(inventory: Inventory, environment: Reader) -> bool:
    """Return whether jobs on Fargate ask for public addresses; warn where only some of them do."""
    every = inventory.of(DEFINITION)
    jobs = {one.id: _is_public(one) for one in every if _FARGATE in one.known_texts("PlatformCapabilities")}
    private = [id_ for id_, public in jobs.items() if not public]
    if private and any(jobs.values()):
        environment.warn(
            "ComputeResources",
            f"jobs of `{environment.id}` have public addresses in paths, and those of {', '.join(f'`{id_}`' for id_ in private)} "
            "have none; hint: trace from `subnet:SubnetId+SgId` for these",
        )
    return any(jobs.values())


def _is_public(definition: Reader) -> bool:
    places = (definition.part("ContainerProperties"), *definition.part("EcsProperties").parts("TaskProperties"))
    return any(place.part("NetworkConfiguration").get("AssignPublicIp") == "ENABLED" for place in places)
