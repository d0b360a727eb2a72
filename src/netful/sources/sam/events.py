"""The `Events` of a function: mappings, rules, subscriptions, permissions, and routes of APIs."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, TypeVar

from netful.sources.files.complaint import close_match, fail
from netful.sources.files.marked import MarkedList, MarkedMap
from netful.sources.sam import routes
from netful.sources.sam.making import Maker, copied, get_att, marked, members, ref, sub
from netful.sources.sam.policies import managed

_Part = TypeVar("_Part", MarkedMap, MarkedList)

# Types that become an event source mapping: the property that names the source, and the managed policy that SAM adds.
_POLLED = {
    "SQS": ("Queue", "service-role/AWSLambdaSQSQueueExecutionRole"),
    "Kinesis": ("Stream", "service-role/AWSLambdaKinesisExecutionRole"),
    "DynamoDB": ("Stream", "service-role/AWSLambdaDynamoDBExecutionRole"),
    "MSK": ("Stream", "service-role/AWSLambdaMSKExecutionRole"),
    "MQ": ("Broker", ""),
    "SelfManagedKafka": ("", ""),
    "DocumentDB": ("Cluster", ""),
}
_MAPPING_PROPERTIES = (
    "BatchSize", "BisectBatchOnFunctionError", "DestinationConfig", "Enabled", "FilterCriteria",
    "FunctionResponseTypes", "MaximumBatchingWindowInSeconds", "MaximumRecordAgeInSeconds", "MaximumRetryAttempts",
    "ParallelizationFactor", "Queues", "ScalingConfig", "SelfManagedEventSource", "SourceAccessConfigurations",
    "StartingPosition", "StartingPositionTimestamp", "Topics", "TumblingWindowInSeconds",
)  # fmt: skip

# Types that only need a permission: the principal that invokes.
_INVOKED = {
    "AlexaSkill": "alexa-appkit.amazon.com",
    "CloudWatchLogs": "logs.amazonaws.com",
    "Cognito": "cognito-idp.amazonaws.com",
    "IoTRule": "iot.amazonaws.com",
}
_ARN = "arn:${AWS::Partition}:%s:${AWS::Region}:${AWS::AccountId}:%s"


def expand(maker: Maker) -> list[Any]:
    """Make what each event needs; gives the managed policies that the function's role gets for them."""
    written = maker.properties.get("Events")
    policies: list[Any] = []
    if not isinstance(written, MarkedMap):
        return policies
    for name, event in written.items():
        if not isinstance(event, MarkedMap) or not isinstance(event.get("Type"), str):
            fail(f"event `{name}` of `{maker.id}` has no `Type`", written.origin_of(name))
        properties = event.get("Properties")
        properties = properties if isinstance(properties, MarkedMap) else MarkedMap(event.file, event.line)
        kind = event["Type"]
        if kind in _POLLED:
            policies += _map_source(maker, name, kind, properties)
        elif kind in _INVOKED:
            _permit(
                maker,
                maker.id + name + "Permission",
                _INVOKED[kind],
                _caller(maker, name, kind, properties),
                properties,
            )
        elif kind in _MAKERS:
            _MAKERS[kind](maker, name, properties)
        else:
            hint = close_match(kind, [*_POLLED, *_INVOKED, *_MAKERS])
            fail(f"event `{name}` of `{maker.id}` has the unknown type `{kind}`", event.origin_of("Type"), hint=hint)
    return policies


def _map_source(maker: Maker, name: str, kind: str, properties: MarkedMap) -> list[Any]:
    source, policy = _POLLED[kind]
    mapping = copied(properties, _MAPPING_PROPERTIES)
    if source and source in properties:
        mapping.put("EventSourceArn", properties[source], properties.lines[source])
    mapping.put("FunctionName", marked(maker.invoked, properties))
    maker.make(maker.id + name, "AWS::Lambda::EventSourceMapping", mapping, properties)
    return [managed(policy)] if policy else []


def _caller(maker: Maker, name: str, kind: str, properties: MarkedMap) -> dict[str, Any]:
    """Who may invoke, as SAM writes it into the permission: the source."""
    if kind == "CloudWatchLogs":
        group = properties.get("LogGroupName")
        return {"SourceArn": {"Fn::Sub": [_ARN % ("logs", "log-group:${__Name__}:*"), {"__Name__": group}]}}
    if kind == "IoTRule":
        return {"SourceArn": sub(_ARN % ("iot", f"rule/{maker.id}{name}"))}
    pool = properties.get("UserPool")
    if kind == "Cognito" and isinstance(pool, Mapping) and isinstance(pool.get("Ref"), str):
        return {"SourceArn": get_att(pool["Ref"], "Arn")}
    if kind == "AlexaSkill":
        return {"EventSourceToken": properties["SkillId"]} if properties.get("SkillId") is not None else {}
    return {}


def _permit(maker: Maker, permission_id: str, principal: str, source: Mapping[str, Any], like: MarkedMap) -> None:
    permission = {"Action": "lambda:InvokeFunction", "FunctionName": maker.invoked, "Principal": principal, **source}
    maker.make(permission_id, "AWS::Lambda::Permission", permission, like)


def _rule(maker: Maker, name: str, properties: MarkedMap) -> None:
    """`Schedule` and `EventBridgeRule` → a rule that targets the function."""
    renamed = {
        "Schedule": "ScheduleExpression",
        "Pattern": "EventPattern",
        "EventBusName": "EventBusName",
        "Name": "Name",
        "Description": "Description",
        "State": "State",
    }
    rule = copied(properties, renamed)
    rule.put("Targets", marked([{"Arn": maker.invoked, "Id": f"{maker.id}{name}LambdaTarget"}], properties))
    maker.make(maker.id + name, "AWS::Events::Rule", rule, properties)
    source = {"SourceArn": get_att(maker.id + name, "Arn")}
    _permit(maker, maker.id + name + "Permission", "events.amazonaws.com", source, properties)


def _schedule(maker: Maker, name: str, properties: MarkedMap) -> None:
    """`ScheduleV2` → a schedule of EventBridge Scheduler."""
    schedule = copied(properties, ("ScheduleExpression", "Name", "GroupName", "State", "ScheduleExpressionTimezone"))
    schedule.put("Target", marked({"Arn": maker.invoked}, properties))
    schedule.put("FlexibleTimeWindow", properties.get("FlexibleTimeWindow", marked({"Mode": "OFF"}, properties)))
    maker.make(maker.id + name, "AWS::Scheduler::Schedule", schedule, properties)


def _topic(maker: Maker, name: str, properties: MarkedMap) -> None:
    """`SNS` → a subscription."""
    subscription = copied(properties, {"Topic": "TopicArn", "FilterPolicy": "FilterPolicy", "Region": "Region"})
    subscription.put("Endpoint", marked(maker.invoked, properties))
    subscription.put("Protocol", "lambda")
    maker.make(maker.id + name, "AWS::SNS::Subscription", subscription, properties)
    source = {"SourceArn": properties["Topic"]} if properties.get("Topic") is not None else {}
    _permit(maker, maker.id + name + "Permission", "sns.amazonaws.com", source, properties)


def _bucket(maker: Maker, name: str, properties: MarkedMap) -> None:
    """`S3` → what a bucket of the same template tells; the permission names the account alone, or it would be a circle."""
    source = {"SourceAccount": ref("AWS::AccountId")}
    _permit(maker, maker.id + name + "Permission", "s3.amazonaws.com", source, properties)
    referred = properties.get("Bucket")
    bucket = (
        maker.template.resources.get(referred["Ref"]) if isinstance(referred, Mapping) and "Ref" in referred else None
    )
    if not isinstance(bucket, MarkedMap):
        return
    told = _part(_part(bucket, "Properties", MarkedMap), "NotificationConfiguration", MarkedMap)
    configurations = _part(told, "LambdaConfigurations", MarkedList)
    for event in members(properties.get("Events")):
        one = copied(properties, ("Filter",))
        one.put("Event", event)
        one.put("Function", marked(get_att(maker.id, "Arn"), properties))
        configurations.put(one)


def _part(whole: MarkedMap, name: str, kind: type[_Part]) -> _Part:
    """A part of a resource, made where there is none."""
    found = whole.get(name)
    if not isinstance(found, kind):
        found = kind(whole.file, whole.line)
        whole.put(name, found)
    return found


_MAKERS: dict[str, Callable[[Maker, str, MarkedMap], None]] = {
    "Api": routes.add_rest,
    "CloudWatchEvent": _rule,
    "EventBridgeRule": _rule,
    "HttpApi": routes.add_http,
    "S3": _bucket,
    "SNS": _topic,
    "Schedule": _rule,
    "ScheduleV2": _schedule,
}
