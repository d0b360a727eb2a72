"""NF732: a function cannot mount its file system: it is outside any VPC, or a zone of it has no mount target (newer-aws §8.8).

A function mounts a file system of EFS or S3 Files through the mount target in its own availability zone. Lambda refuses
a file system without `VpcConfig`, and invocations fail in a zone without a mount target.

Instead: Put the function into the VPC of the mount targets, and add a mount target in each zone of its subnets.
"""

from collections.abc import Iterator

from netful.checks.rules.rule import Certainty, Facts, Problem, Problems, Rule, Severity
from netful.engine.files.mounts import Folder, folder_of, targets_of, zones_without
from netful.model.cloud import Cloud
from netful.model.functions.function import Function


@Rule.of("file system without a mount target for the function", Severity.HIGH)
def check(facts: Facts) -> Problems:
    for function in facts.cloud.compute.functions.values():
        for folder in _mounted(facts.cloud, function):
            name = folder.file_system_id
            if function.subnet_ids == ():
                message = f"`{function.id}` mounts `{name}`, and is outside any VPC"
                yield Problem.of(
                    function, message, "add `VpcConfig` with subnets of the mount targets", Certainty.LIKELY
                )
            elif targets_of(facts.cloud, name):  # else they are elsewhere
                for zone in zones_without(facts.cloud, name, facts.cloud.network.interfaces_of(function.id)):
                    message = f"`{function.id}` mounts `{name}`, which has no mount target in {zone}"
                    yield Problem.of(function, message, f"add a mount target in a subnet of {zone}", Certainty.LIKELY)


def _mounted(cloud: Cloud, function: Function) -> Iterator[Folder]:
    points = (one.access_point for one in function.file_mounts)
    yield from (found for point in points if isinstance(point, str) and (found := folder_of(cloud, point)))
