"""`AWS::Serverless::StateMachine` → the state machine, its role and its triggers."""

from __future__ import annotations

from typing import Any

from netful.sources.files.marked import MarkedMap
from netful.sources.sam import routes
from netful.sources.sam.making import Maker, copied, get_att, marked, ref, sub
from netful.sources.sam.policies import make_role

_COPIED = {
    "Definition": "Definition",
    "DefinitionSubstitutions": "DefinitionSubstitutions",
    "DefinitionUri": "DefinitionS3Location",
    "Logging": "LoggingConfiguration",
    "Name": "StateMachineName",
    "Tracing": "TracingConfiguration",
    "Type": "StateMachineType",
    "Role": "RoleArn",
}
_ACTION = "arn:${AWS::Partition}:apigateway:${AWS::Region}:states:action/"
_INPUT = (
    '{"input": "$util.escapeJavaScript($input.json(\'$\'))", "stateMachineArn": "${%s}"}'  # what SAM sends, in short
)


def expand(maker: Maker) -> None:
    """Make what SAM makes of a state machine."""
    properties = copied(maker.properties, _COPIED)
    if "RoleArn" not in properties:
        role_id = make_role(maker, "states.amazonaws.com", [])
        properties.put("RoleArn", marked(get_att(role_id, "Arn"), properties))
    _make_events(maker)
    maker.become("AWS::StepFunctions::StateMachine", properties)


def _make_events(maker: Maker) -> None:
    events = maker.properties.get("Events")
    for name, event in events.items() if isinstance(events, MarkedMap) else ():
        properties = event.get("Properties") if isinstance(event, MarkedMap) else None
        if not isinstance(properties, MarkedMap):
            continue
        role_id = f"{maker.id}{name}Role"
        if event.get("Type") == "Api":
            routes.add(maker, properties, _operation(maker, role_id), rest=True)
            _make_trigger_role(maker, role_id, "apigateway.amazonaws.com", properties)
        elif event.get("Type") in ("Schedule", "EventBridgeRule", "CloudWatchEvent"):
            rule = copied(properties, {"Schedule": "ScheduleExpression", "Pattern": "EventPattern", "Name": "Name"})
            target = {"Arn": ref(maker.id), "Id": f"{maker.id}{name}Target", "RoleArn": get_att(role_id, "Arn")}
            rule.put("Targets", marked([target], properties))
            maker.make(maker.id + name, "AWS::Events::Rule", rule, properties)
            _make_trigger_role(maker, role_id, "events.amazonaws.com", properties)


def _operation(maker: Maker, role_id: str) -> dict[str, Any]:
    """API Gateway starts an execution itself; no function stands between."""
    integration = {
        "type": "aws",
        "httpMethod": "POST",
        "uri": sub(_ACTION + "StartExecution"),
        "credentials": get_att(role_id, "Arn"),
        "requestTemplates": {"application/json": sub(_INPUT % maker.id)},
        "responses": {"200": {"statusCode": "200"}, "400": {"statusCode": "400"}},
    }
    return {"x-amazon-apigateway-integration": integration, "responses": {"200": {}, "400": {}}}


def _make_trigger_role(maker: Maker, role_id: str, service: str, like: MarkedMap) -> None:
    trust = {"Effect": "Allow", "Principal": {"Service": [service]}, "Action": ["sts:AssumeRole"]}
    start = {"Effect": "Allow", "Action": "states:StartExecution", "Resource": ref(maker.id)}
    role = {
        "AssumeRolePolicyDocument": {"Version": "2012-10-17", "Statement": [trust]},
        "Policies": [{"PolicyName": f"{role_id}StartExecutionPolicy", "PolicyDocument": {"Statement": [start]}}],
    }
    maker.make(role_id, "AWS::IAM::Role", role, like)
