"""The API of EC2 Auto Scaling: groups, which have an instance in each of their subnets, with their parts, and launch configurations."""

from collections.abc import Callable, Mapping
from functools import partial
from typing import Any

from netful.account.absent import Absent
from netful.account.changes import updated
from netful.account.ec2 import launch_template_reads
from netful.account.ec2.world import World
from netful.account.managed import autoscaling_parts
from netful.account.managed.things import Change, Look, ManagedApi, Thing
from netful.account.managed.view import Kind, View, plain
from netful.account.operations.query_api import Parameters
from netful.account.records.looks import page
from netful.account.tags import retagged
from netful.account.wire.errors import ApiError
from netful.account.writing import Write
from netful.model.core import Resource, is_true, is_wholly_known, mappings, whole_number
from netful.model.identity import ec2_id

SERVICE, _NAME, _SUBNETS = "autoscaling", "AutoScalingGroupName", "VPCZoneIdentifier"
_METRICS, _GRANULARITY = "MetricsCollection", "1Minute"
_EVERY_METRIC = [
    f"Group{name}"
    for name in (
        "MinSize", "MaxSize", "DesiredCapacity", "InServiceInstances", "PendingInstances", "StandbyInstances",
        "TerminatingInstances", "TotalInstances",
    )
]  # fmt: skip
_GROUPS = Kind(("AWS::AutoScaling::AutoScalingGroup",), _NAME, "autoscaling:autoScalingGroup:*:autoScalingGroupName/{}",
               "ValidationError", "AutoScalingGroup name not found - {}", 400)  # fmt: skip
_CONFIGURATIONS = Kind(
    ("AWS::AutoScaling::LaunchConfiguration",), "LaunchConfigurationName",
    "autoscaling:launchConfiguration:*:launchConfigurationName/{}",
    "ValidationError", "Launch configuration name not found - {}", 400,
)  # fmt: skip


def _named(kind: Kind, view: View, one: Resource) -> str:
    """Return the name of a group or configuration, in the letters in which it is written."""
    return str(plain(one, kind.name) or view.identifier(kind, one))


def _group(view: View, one: Resource) -> dict[str, Any]:
    name, subnets = _named(_GROUPS, view, one), view.ec2.ids(plain(one, _SUBNETS) or ())
    least = whole_number(plain(one, "MinSize"))
    targets = [view.ec2.id(each) for each in plain(one, "TargetGroupARNs") or ()]
    return {
        _NAME: name, "AutoScalingGroupARN": view.arn(_GROUPS, one), _SUBNETS: ",".join(subnets),
        "MinSize": least, "MaxSize": whole_number(plain(one, "MaxSize")),
        "DesiredCapacity": whole_number(plain(one, "DesiredCapacity"), least), "DefaultCooldown": whole_number(plain(one, "Cooldown"), 300),
        "AvailabilityZones": view.zones(one), "LoadBalancerNames": plain(one, "LoadBalancerNames") or [], "TargetGroupARNs": targets,
        "HealthCheckType": plain(one, "HealthCheckType") or "EC2", "TerminationPolicies": plain(one, "TerminationPolicies") or ["Default"],
        "HealthCheckGracePeriod": whole_number(plain(one, "HealthCheckGracePeriod")), "SuspendedProcesses": [],
        "EnabledMetrics": [{"Metric": name, "Granularity": _GRANULARITY} for name in _metrics(one)],
        "CreatedTime": view.created.of(view.arn(_GROUPS, one)), "NewInstancesProtectedFromScaleIn": False, "TrafficSources": [],
        "LaunchTemplate": _template(view, one), "Instances": _instances(view, one),
        "Tags": [_tag(name, tag) for tag in mappings(plain(one, "Tags")) if is_wholly_known(tag)],
    }  # fmt: skip


def _tag(group: str, tag: Mapping[str, Any]) -> dict[str, Any]:
    propagated = is_true(tag.get("PropagateAtLaunch"))
    return {"ResourceId": group, "ResourceType": "auto-scaling-group", "Key": tag["Key"], "Value": tag.get("Value", ""),
            "PropagateAtLaunch": propagated}  # fmt: skip


def _template(view: View, one: Resource) -> dict[str, Any] | None:
    written = plain(one, "LaunchTemplate")
    return {name: view.ec2.id(value) for name, value in written.items()} if isinstance(written, Mapping) else None


def _instances(view: View, one: Resource) -> list[dict[str, Any]]:
    """Return the instances of a group: one for each of its interfaces."""
    region, account = view.cloud.region, view.cloud.account_id
    return [
        {"InstanceId": ec2_id("i", account, region, eni.id), "AvailabilityZone": view.cloud.network.zone_of_interface(eni),
         "LifecycleState": "InService", "HealthStatus": "Healthy", "ProtectedFromScaleIn": False,
         "LaunchTemplate": _template(view, one), "LaunchConfigurationName": plain(one, "LaunchConfigurationName")}
        for eni in view.cloud.network.interfaces_of(one.id)
    ]  # fmt: skip


def _configuration(view: View, one: Resource) -> dict[str, Any]:
    arn = view.arn(_CONFIGURATIONS, one)
    return {
        "LaunchConfigurationName": _named(_CONFIGURATIONS, view, one), "LaunchConfigurationARN": arn,
        "CreatedTime": view.created.of(arn), "ImageId": plain(one, "ImageId") or "", "KeyName": plain(one, "KeyName") or "",
        "InstanceType": plain(one, "InstanceType") or "", "EbsOptimized": False, "BlockDeviceMappings": [],
        "InstanceMonitoring": {"Enabled": True},
    }  # fmt: skip


GROUP = Thing(SERVICE, _GROUPS, "AutoScalingGroup", _NAME, "AutoScalingGroup", "AlreadyExists", _group,
              renamed={"DefaultCooldown": "Cooldown"})  # fmt: skip
CONFIGURATION = Thing(
    SERVICE, _CONFIGURATIONS, "LaunchConfiguration", "LaunchConfigurationName", "LaunchConfiguration",
    "AlreadyExists", _configuration, users=((_GROUPS, "LaunchConfigurationName"),), in_use="ResourceInUse",
)  # fmt: skip


def _silently(write: Callable[[View, Parameters], Change], view: View, asked: Parameters) -> Change:
    """Write without an answer; the subnets of a request are a text."""
    subnets = (
        {_SUBNETS: [one.strip() for one in asked[_SUBNETS].split(",") if one.strip()]} if asked.get(_SUBNETS) else {}
    )
    return Change(write(view, {**asked, **subnets}).edits, lambda _after: {})


def _create(view: View, asked: Parameters) -> Change:
    """CreateAutoScalingGroup: with a launch template or configuration that exists."""
    if asked.get("LaunchConfigurationName"):
        view.found(_CONFIGURATIONS, asked["LaunchConfigurationName"])
    elif not (asked.get("LaunchTemplate") or asked.get("MixedInstancesPolicy")):
        text = "Valid requests must contain either LaunchTemplate, LaunchConfigurationName, InstanceId or MixedInstancesPolicy parameter."
        raise ApiError("ValidationError", text)
    _check_template(view, asked)
    _check_sizes(asked, int(asked["MinSize"]), int(asked["MaxSize"]))
    return GROUP.create(view, asked)


def _update(view: View, asked: Parameters) -> Change:
    one = view.found(_GROUPS, asked[_NAME])
    least, most = (int(asked.get(name, whole_number(plain(one, name)))) for name in ("MinSize", "MaxSize"))
    _check_template(view, asked)
    _check_sizes(asked, least, most)
    return GROUP.modify(view, asked)


def _delete(view: View, asked: Parameters) -> Change:
    """DeleteAutoScalingGroup: with its policies, actions and hooks."""
    parts = autoscaling_parts.removal(_GROUPS, view, view.found(_GROUPS, asked[_NAME]))
    return Change((*parts, *GROUP.delete(view, asked).edits))


def _check_template(view: View, asked: Parameters) -> None:
    mixed = (asked.get("MixedInstancesPolicy") or {}).get("LaunchTemplate") or {}
    for named in filter(None, (asked.get("LaunchTemplate"), mixed.get("LaunchTemplateSpecification"))):
        try:
            launch_template_reads.found(World(view.cloud), named)
        except ApiError as error:
            text = f"You must use a valid fully-formed launch template. {error.message}"
            raise ApiError("ValidationError", text) from error


def _check_sizes(asked: Parameters, least: int, most: int) -> None:
    desired = int(asked.get("DesiredCapacity", least))
    if least > most:
        raise ApiError("ValidationError", "Max bound must be greater than or equal to min bound")
    if not least <= desired <= most:
        raise ApiError("ValidationError", "Desired capacity must be between the specified min size and max size")


def _desired(view: View, asked: Parameters) -> Change:
    return _update(view, {_NAME: asked[_NAME], "DesiredCapacity": asked["DesiredCapacity"]})


def _attach(view: View, asked: Parameters) -> Change:
    """AttachLoadBalancerTargetGroups: the instances of the group are targets."""
    one = view.found(_GROUPS, asked[_NAME])
    added = [view.ec2.names.get(arn, arn) for arn in asked["TargetGroupARNs"]]
    missing = next((name for name in added if name not in view.cloud.balancing.target_groups), None)
    if missing is not None:
        raise ApiError("ValidationError", f"Provided Target Groups may not be valid: {missing}")
    return Change((updated(one, TargetGroupARNs=[*dict.fromkeys((*_targets(one), *added))]),), lambda _after: {})


def _detach(view: View, asked: Parameters) -> Change:
    one = view.found(_GROUPS, asked[_NAME])
    gone = {view.ec2.names.get(arn, arn) for arn in asked["TargetGroupARNs"]}
    return Change(
        (updated(one, TargetGroupARNs=[each for each in _targets(one) if each not in gone]),), lambda _after: {}
    )


def _targets(one: Resource) -> list[str]:
    return [*(plain(one, "TargetGroupARNs") or ())]


def _metrics(one: Resource) -> list[str]:
    """Return the metrics that a group collects: all of them where a collection has no names."""
    known = filter(is_wholly_known, mappings(plain(one, _METRICS)))
    return [name for each in known for name in each.get("Metrics") or _EVERY_METRIC]


def _change_metrics(view: View, asked: Parameters, *, enabled: bool) -> Change:
    """EnableMetricsCollection and DisableMetricsCollection: without names, those of all metrics."""
    one, given = view.found(_GROUPS, asked[_NAME]), asked.get("Metrics") or _EVERY_METRIC
    held = _metrics(one)
    names = [*dict.fromkeys((*held, *given))] if enabled else [name for name in held if name not in given]
    kept = [{"Granularity": _GRANULARITY, "Metrics": names}] if names else None
    return Change((updated(one, MetricsCollection=kept),), lambda _after: {})


def _change_tags(view: View, asked: Parameters, *, removed: bool) -> Change:
    """Change the tags of groups."""
    found = {tag.get("ResourceId", ""): view.found(_GROUPS, tag.get("ResourceId", "")) for tag in asked["Tags"]}
    edits = []
    for name, one in found.items():
        given = {tag["Key"]: tag for tag in asked["Tags"] if tag.get("ResourceId") == name}
        kept = retagged(one.properties.get("Tags"), (), given)
        own = (
            []
            if removed
            else [
                {key: tag[key] for key in ("Key", "Value", "PropagateAtLaunch") if key in tag} for tag in given.values()
            ]
        )
        edits.append(updated(one, Tags=[*kept, *own] or None))
    return Change(tuple(edits), lambda _after: {})


def _describe(thing: Thing, member: str, names: str, view: View, asked: Parameters) -> Mapping[str, Any]:
    """Return groups or configurations; a name that does not exist is not an error."""
    wanted = asked.get(names)
    rows = [row for row in thing.described(view, {}) if not wanted or row[thing.asked] in wanted]
    return page(member, {**asked, "MaxResults": asked.get("MaxRecords")}, rows)


def _of_groups(view: View, asked: Parameters) -> Mapping[str, Any]:
    rows = [
        {**instance, _NAME: group[_NAME]} for group in GROUP.described(view, {}) for instance in group["Instances"]
        if not asked.get("InstanceIds") or instance["InstanceId"] in asked["InstanceIds"]
    ]  # fmt: skip
    return page("AutoScalingInstances", asked, rows)


def _target_groups(view: View, asked: Parameters) -> Mapping[str, Any]:
    (group,) = GROUP.described(view, asked)
    rows = [{"LoadBalancerTargetGroupARN": one, "State": "InService"} for one in group["TargetGroupARNs"]]
    return page("LoadBalancerTargetGroups", asked, rows)


def _tags(view: View, asked: Parameters) -> Mapping[str, Any]:
    rows = [tag for group in GROUP.described(view, {}) for tag in group["Tags"]]
    members = {"auto-scaling-group": "ResourceId", "key": "Key", "value": "Value"}
    for one in asked.get("Filters") or ():
        member = members.get(one.get("Name"))
        rows = [row for row in rows if member is None or row[member] in one.get("Values", ())]
    return page("Tags", asked, rows)


LOOKS: Mapping[str, Look] = {
    "DescribeAutoScalingGroups": partial(_describe, GROUP, "AutoScalingGroups", "AutoScalingGroupNames"),
    "DescribeLaunchConfigurations": partial(
        _describe, CONFIGURATION, "LaunchConfigurations", "LaunchConfigurationNames"
    ),
    "DescribeAutoScalingInstances": _of_groups,
    "DescribeLoadBalancerTargetGroups": _target_groups,
    "DescribeTags": _tags,
    **autoscaling_parts.looks(_GROUPS),
}
WRITES: Mapping[str, Write[View]] = {
    "CreateAutoScalingGroup": partial(_silently, _create),
    "UpdateAutoScalingGroup": partial(_silently, _update),
    "DeleteAutoScalingGroup": partial(_silently, _delete),
    "SetDesiredCapacity": partial(_silently, _desired),
    "AttachLoadBalancerTargetGroups": _attach,
    "DetachLoadBalancerTargetGroups": _detach,
    "EnableMetricsCollection": partial(_change_metrics, enabled=True),
    "DisableMetricsCollection": partial(_change_metrics, enabled=False),
    "CreateOrUpdateTags": partial(_change_tags, removed=False),
    "DeleteTags": partial(_change_tags, removed=True),
    "CreateLaunchConfiguration": partial(_silently, CONFIGURATION.create),
    "DeleteLaunchConfiguration": partial(_silently, CONFIGURATION.delete),
    **autoscaling_parts.writes(_GROUPS),
}
_ABSENT = {
    "DescribeScalingActivities": Absent(),
    "DescribeInstanceRefreshes": Absent(),
    "DescribeLoadBalancers": Absent(),
    "DescribeNotificationConfigurations": Absent(),
    "DescribeWarmPool": Absent("AWS::AutoScaling::WarmPool"),
}

AutoScalingApi = partial(ManagedApi, SERVICE, LOOKS, WRITES, _ABSENT, refusal="ValidationError")
