"""Functions of a plan: the place of their code, versions and aliases, the callers that permissions name, policies of roles."""

from collections.abc import Iterator, Mapping
from typing import Any

from netful.model.core import Unknown
from netful.sources.terraform.plan.blocks import blocks_of, several
from netful.sources.terraform.plan.planned_resources import Planned, mapping
from netful.sources.terraform.plan.references import after_apply
from netful.sources.terraform.template_references import VERSION, account_of, arn_of
from netful.sources.terraform.translation import Completion, Maker, Translation
from netful.sources.terraform.types.rows import camel, single
from netful.sources.understanding.unread_types import OF_EXPRESSIONS

_UNRESERVED = -1
_TASKS = single("", "task_definition_arn launch_type",
    network_configuration=single("NetworkConfiguration.AwsVpcConfiguration", "subnets security_groups assign_public_ip"))  # fmt: skip

_SETTINGS = {
    "aws_lambda_function_recursion_config": single("", "recursive_loop"),
    "aws_lambda_runtime_management_config": single("", "",
        {name: f"RuntimeManagementConfig.{camel(name)}" for name in ("update_runtime_on", "runtime_version_arn")}),
}  # fmt: skip


def _completed(making: Translation, resource: Planned) -> dict[str, Any]:
    """Return the place of a function's code, and its variables."""
    reserved = making.value(resource, "reserved_concurrent_executions")
    unset = {"ReservedConcurrentExecutions": None} if reserved == _UNRESERVED else {}
    return {"Code": _code(making, resource), **unset, **_environment(making, resource)}


def _code(making: Translation, resource: Planned) -> Any:
    """Return the place of a function's code: the file beside the plan that it names, an image, an object in S3."""
    place = making.named(resource, "image_uri s3_bucket s3_key")
    return resource.values.get("filename") or place or after_apply(f"{resource.address}.filename")


def _layer_content(_making: Translation, resource: Planned) -> dict[str, Any]:
    """Return the content of a layer: the file beside the plan that it names, else an object in S3."""
    object_ = {"S3Bucket": resource.values.get("s3_bucket"), "S3Key": resource.values.get("s3_key")}
    return {"Content": resource.values.get("filename") or object_}


def _published(making: Translation, resource: Planned) -> None:
    """Add the version that a function with `publish` has after each apply."""
    if resource.values.get("publish") is True:
        making.put(resource, "AWS::Lambda::Version", {"FunctionName": {"Ref": resource.address}}, VERSION)


def _alias(making: Translation, resource: Planned) -> None:
    """Complete an alias: the version that its function has now, if the plan has only a number, and the weights of others."""
    made = making.resources[resource.address]
    versions = (f"{one.address}{VERSION}" for one in making.referred(resource, "function_name"))
    own = next((one for one in versions if one in making.resources), None)
    if own is not None and str(made["Properties"].get("FunctionVersion")).isdigit():
        making.extend(made, "FunctionVersion", {"Fn::GetAtt": [own, "Version"]}, resource)
    weights = mapping(making.value(resource, "routing_config.additional_version_weights"))
    if weights:
        listed = [{"FunctionVersion": number, "FunctionWeight": weight} for number, weight in weights.items()]
        making.extend(made, "RoutingConfig", {"AdditionalVersionWeights": listed}, resource)


def _provisioned(making: Translation, resource: Planned) -> None:
    """Add provisioned concurrency to the alias or the version that its qualifier names."""
    named = [one.address for one in making.referred(resource, "qualifier")] or [*_aliases(making, resource)]
    places = (place for address in named for place in (f"{address}{VERSION}", address) if place in making.resources)
    place = next((one for one in places if making.resources[one]["Type"] in _QUALIFIED), None)
    if place is None:
        making.put_whole(resource)
        return
    number = making.value(resource, "provisioned_concurrent_executions")
    config = {"ProvisionedConcurrentExecutions": number}
    making.extend(making.resources[place], "ProvisionedConcurrencyConfig", config, resource)


def _aliases(making: Translation, resource: Planned) -> Iterator[str]:
    """Yield the alias whose name is the qualifier's text."""
    functions = [one.address for one in making.referred(resource, "function_name")]
    for alias in making.every("aws_lambda_alias"):
        own = [one.address for one in making.referred(alias, "function_name")]
        if alias.values.get("name") == resource.values.get("qualifier") and own == functions:
            yield alias.address


def _setting(making: Translation, resource: Planned) -> None:
    """Add the properties that a resource sets of the function that it names."""
    set_ = making.shaped(resource, _SETTINGS[resource.type])
    for function in making.referred(resource, "function_name"):
        if (made := making.holder({"Ref": function.address})) is not None:
            for name, value in set_.items():
                making.extend(made, name, value, resource)


def _environment(making: Translation, resource: Planned) -> dict[str, Any]:
    """Return the variables of a function, by their text if it is beside the plan.

    A plan itself lists the references of all together, without the text around them: that of one variable is taken to be its value,
    which is an assumption, and those of several are unknown.
    """
    for values, unknown, written in blocks_of(resource, "environment"):
        known, later = mapping(values.get("variables")), unknown.get("variables")
        all_later = later is True or (not later and "variables" in written and "variables" not in values)
        if all_later:  # such as those of `jsondecode(…)`
            return {"Environment": {"Variables": after_apply(f"{resource.address}.variables")}}
        names = [name for name, is_later in mapping(later).items() if is_later is True]
        if not names:
            return {}
        by_text = making.by_text(resource, "variables", {}, own=False)
        named = by_text if isinstance(by_text, dict) else {}
        variables = {**known, **{one: named.get(one, after_apply(f"{resource.address}.{one}")) for one in names}}
        alone = not named and len(names) == 1
        one = making.argument(resource, "variables", {}, {"variables": True}, written) if alone else None
        if isinstance(one, dict):
            variables[names[0]] = one
            making.put(resource, f"{OF_EXPRESSIONS}{names[0]}", {"References": [one]}, f".{names[0]}")
        return {"Environment": {"Variables": variables}}
    return {}


def _source(making: Translation, resource: Planned) -> None:
    """Have a permission whose source is known only after apply cover all calls of the one API that the source is written with.

    A plan does not contain the text around a reference, such as `/*/*` after an API's `execution_arn`. That part is unread.
    """
    made = making.holder({"Ref": resource.address})
    own = made["Properties"] if made is not None else {}
    if made is None or not isinstance(own.get("SourceArn"), Unknown) or own.get("Principal") not in _GATEWAY:
        return
    apis = {_api_of(making, one) for one in making.referred(resource, "source_arn")} - {""}
    if len(apis) == 1:
        api = {"Ref": apis.pop()}
        making.extend(
            made, "SourceArn", arn_of("execute-api", resource, account_of(resource), ":", api, "/*"), resource
        )
        making.put(resource, f"{OF_EXPRESSIONS}source_arn", {"References": [api]}, ".source_arn")


def _open_to_all(making: Translation, resource: Planned) -> None:
    """Add the permission that the provider makes with a URL without authorization; one that loses its authorization gets none.

    Newer versions of the provider also permit `lambda:InvokeFunction`. A plan does not show it, so it is left to the assumption about URLs.
    """
    open_ = "NONE"
    if {resource.values.get("authorization_type"), resource.before.get("authorization_type", open_)} == {open_}:
        named = making.named(resource, "qualifier")
        permission = {
            **named,
            "Action": "lambda:InvokeFunctionUrl",
            "FunctionName": making.required(resource, "function_name"),
            "FunctionUrlAuthType": open_,
            "Principal": "*",
        }
        making.put(resource, "AWS::Lambda::Permission", permission, ".permission")


def _target_of_rule(making: Translation, resource: Planned) -> None:
    """Add a target to the rule of events that it names."""
    target = {"Id": resource.address, "Arn": making.required(resource, "arn"), "Input": making.value(resource, "input")}
    for block in blocks_of(resource, "ecs_target"):
        target["EcsParameters"] = making.shaped(resource, _TASKS, block)
    for rule in making.referred(resource, "rule"):
        made = making.holder({"Ref": rule.address})
        if made is not None:
            making.extend(made, "Targets", [{name: value for name, value in target.items() if value}], resource)


def _notifications(making: Translation, resource: Planned) -> None:
    """Add the functions that a bucket notifies to it."""
    called = [
        {"Event": event, "Function": making.argument(resource, "lambda_function_arn", *block)}
        for block in blocks_of(resource, "lambda_function")
        for event in block[0].get("events") or ()
    ]
    for bucket in making.referred(resource, "bucket"):
        made = making.holder({"Ref": bucket.address})
        if made is not None and called:
            making.extend(made, "NotificationConfiguration", {"LambdaConfigurations": called}, resource)


def _api_of(making: Translation, resource: Planned) -> str:
    """Return the API that a resource is or belongs to; "" for another resource."""
    if resource.type in _APIS:
        return resource.address
    named = (making.value(resource, name) for name in ("rest_api_id", "api_id"))
    return next((str(one["Ref"]) for one in named if isinstance(one, dict) and "Ref" in one), "")


def _role_policy(making: Translation, resource: Planned) -> None:
    role = making.value(resource, "role")
    properties = {"PolicyName": resource.address, "PolicyDocument": making.value(resource, "policy"), "Roles": [role]}
    making.put(resource, "AWS::IAM::Policy", properties)


def _policy_attachment(making: Translation, resource: Planned) -> None:
    """Attach a policy to several roles."""
    arn = making.value(resource, "policy_arn")
    found = [(role, making.holder(role)) for role in several(making.value(resource, "roles"))]
    for _, holder in found:
        if holder is not None:
            making.extend(holder, "ManagedPolicyArns", [arn], resource)
    unplaced = [role for role, holder in found if holder is None]
    if unplaced:
        put_unplaced_policy(making, resource, unplaced)


def put_unplaced_policy(making: Translation, resource: Planned, roles: list[Any]) -> None:
    """Put a policy of roles that the plan does not have; a role that is not known may be any of the plan's."""
    making.put(resource, "AWS::IAM::Policy", {"PolicyName": resource.address, "Roles": roles})


_GATEWAY = ("apigateway.amazonaws.com", "*")
_APIS = ("aws_api_gateway_rest_api", "aws_apigatewayv2_api")
_QUALIFIED = ("AWS::Lambda::Version", "AWS::Lambda::Alias")

COMPLETIONS: Mapping[str, Completion] = {"aws_lambda_function": _completed, "aws_lambda_layer_version": _layer_content}
MAKERS: Mapping[str, Maker] = {
    "aws_cloudwatch_event_target": _target_of_rule,
    "aws_iam_policy_attachment": _policy_attachment,
    "aws_iam_role_policy": _role_policy,
    "aws_lambda_function": _published,
    "aws_lambda_function_url": _open_to_all,
    "aws_lambda_alias": _alias,
    "aws_lambda_permission": _source,
    "aws_lambda_provisioned_concurrency_config": _provisioned,
    **dict.fromkeys(_SETTINGS, _setting),
    "aws_s3_bucket_notification": _notifications,
}
