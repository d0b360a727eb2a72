"""Values that services refuse, and moto takes.

| service | what is refused |
|---|---|
| Cognito | a user with an attribute that the pool does not have, or with a temporary password against its policy; an invitation by another way than SMS and e-mail |
| DynamoDB | the filter of a query by an attribute of the key |
| KMS | a policy of a key that is not JSON, or has no statements |
| Secrets Manager | text and binary data in one secret; a value for a secret that waits for its deletion; a policy that is not JSON, or has no statements |
| SNS | an empty message, or one without a target; an endpoint that is not of its protocol; a filter policy that is not JSON |
| SQS | an empty message, or one with characters that XML does not have; an id for deduplication in another queue than a FIFO one; unknown attributes and values beyond their range; a dead-letter queue of the other type |
| Systems Manager | names of parameters and paths that are not of its form, and unknown types; a value that is too long for the standard tier, or that does not match the parameter's pattern |
"""

import re
from typing import Any

from netful.engine.effort.allowance import BeyondAllowanceError, of_turn
from netful.engine.patterns.pattern import fits_if_valid
from netful.model.core import listed, mappings
from netful.model.json_texts import json_object, json_or
from netful.services.moto.refusals import refuse
from netful.services.moto.replacements import replacing

_ATTRIBUTE = re.compile(r"(?<![\w.:#])#?[A-Za-z_]\w*\b(?!\s*\()")
_NOT_IN_XML = re.compile("[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
_RANGES = {
    "DelaySeconds": (0, 900),
    "KmsDataKeyReusePeriodSeconds": (60, 86_400),
    "MaximumMessageSize": (1024, 1_048_576),
    "MessageRetentionPeriod": (60, 1_209_600),
    "ReceiveMessageWaitTimeSeconds": (0, 20),
    "VisibilityTimeout": (0, 43_200),
}
_ATTRIBUTES = frozenset({
    *_RANGES, "Policy", "RedrivePolicy", "RedriveAllowPolicy", "KmsMasterKeyId", "SqsManagedSseEnabled", "FifoQueue",
    "ContentBasedDeduplication", "DeduplicationScope", "FifoThroughputLimit",
})  # fmt: skip
_ENDPOINTS = {
    "http": ("http://.+", "Endpoint must match the specified protocol"),
    "https": ("https://.+", "Endpoint must match the specified protocol"),
    "email": (".+@.+", "Email address"),
    "email-json": (".+@.+", "Email address"),
    "lambda": (r"arn:[\w-]+:lambda:.+:function:.+", "Lambda endpoint ARN"),
}
_PARAMETER = re.compile(r"/[\w.\-/]+|[\w.-]+", re.ASCII)
_TYPES = ("SecureString", "StringList", "String")
_STANDARD_CHARACTERS = 4096
_TOO_LONG = "Standard tier parameters support a maximum parameter value of 4096 characters. To create a larger parameter value, upgrade the parameter to use the advanced-parameter tier."
_NOT_QUALIFIED = "Parameter name must be a fully qualified name."
_LETTERS = "Parameter name: only a mix of letters, numbers and the following 3 symbols .-_ are allowed."


def of_filters(responses: Any) -> None:
    """Refuse filters of DynamoDB."""
    from moto.dynamodb.exceptions import MockValidationException  # noqa: PLC0415  # moto is imported by its process alone

    @replacing(responses.DynamoHandler)
    def query(queried: Any, answer: Any) -> Any:
        names, table = answer.body.get("ExpressionAttributeNames") or {}, answer.body["TableName"]
        filtered = {names.get(one, one) for one in _ATTRIBUTE.findall(answer.body.get("FilterExpression") or "")}
        index = answer.body.get("IndexName")
        schema = answer.dynamodb_backend.get_schema(table_name=table, index_name=index) if filtered else ()
        if key := next((one["AttributeName"] for one in schema if one["AttributeName"] in filtered), ""):
            text = "Filter Expression can only contain non-primary key attributes: Primary key attribute:"
            raise MockValidationException(f"{text} {key}")
        return queried(answer)


def of_messages(models: Any) -> None:
    """Refuse messages of SQS."""

    def message(  # with the names of moto
        _own: Any,
        queue: Any,
        message_body: str,
        delay_seconds: int,  # noqa: ARG001
        deduplication_id: str | None = None,
        group_id: str | None = None,  # noqa: ARG001
        validate_group_id: bool = True,  # noqa: FBT001, FBT002
    ) -> None:
        if not message_body:
            raise models.MissingParameter("MessageBody")
        if _NOT_IN_XML.search(message_body):
            raise models.SQSException("InvalidMessageContents", "Invalid characters found.")
        is_of_topic = not validate_group_id
        if deduplication_id and not queue.fifo_queue and not is_of_topic:
            fault = "The request includes a parameter that is not valid for this queue type."
            text = f"Value {deduplication_id} for parameter MessageDeduplicationId is invalid. Reason: {fault}"
            raise models.InvalidParameterValue(text)

    refuse(models.SQSBackend, "_validate_message", message)


def of_attributes(models: Any) -> None:
    """Refuse attributes of SQS's queues."""

    def attributes(_own: Any, name: str, given: Any = None, **named: Any) -> None:
        for key, value in (named or given or {}).items():
            if key not in _ATTRIBUTES:
                raise models.InvalidAttributeName(key)
            least, most = _RANGES.get(key, (0, 0))
            if most and not (str(value).isdecimal() and least <= int(value) <= most):
                raise models.InvalidAttributeValue(key)
            if key == "RedrivePolicy" and value:
                redrive(value, is_fifo=name.endswith(".fifo"))

    def redrive(policy: str, *, is_fifo: bool) -> None:
        target = json_or(policy)
        fault = ""
        if not isinstance(target, dict):
            fault = "Redrive policy is not a valid JSON map."
        elif target and str(target.get("deadLetterTargetArn", "")).endswith(".fifo") is not is_fifo:
            fault = "Dead letter queue must be same type of queue as the source."
        if fault:
            raise models.InvalidParameterValue(
                f"Value {policy} for parameter RedrivePolicy is invalid. Reason: {fault}"
            )

    def fresh(own: Any, name: str, _tags: Any = None, region: str = "", **named: Any) -> None:  # noqa: ARG001  # the names of moto
        attributes(own, name, **named)

    refuse(models.SQSBackend, "create_queue", fresh)
    refuse(models.SQSBackend, "set_queue_attributes", attributes)


def of_topics(models: Any) -> None:
    """Refuse messages and endpoints of SNS."""

    def message(_own: Any, message: str, arn: str | None, phone_number: str | None = None, **_named: Any) -> None:
        if not arn and not phone_number:
            text = "Invalid parameter: TopicArn or TargetArn Reason: no value for required parameter"
            raise models.SNSInvalidParameter(text)
        if not message:
            raise models.SNSInvalidParameter("Invalid parameter: Empty message")

    def endpoint(_own: Any, topic_arn: str, endpoint: str, protocol: str) -> None:  # noqa: ARG001  # the names of moto
        form, what = _ENDPOINTS.get(protocol, ("", ""))
        if form and not re.fullmatch(form, endpoint or ""):
            raise models.SNSInvalidParameter(f"Invalid parameter: {what}")

    def attribute(_own: Any, _arn: str, name: str, value: str) -> None:
        if name == "FilterPolicy" and value and not isinstance(json_or(value), dict):
            raise models.SNSInvalidParameter("Invalid parameter: FilterPolicy: failed to parse JSON.")

    refuse(models.SNSBackend, "publish", message)
    refuse(models.SNSBackend, "set_subscription_attributes", attribute)
    refuse(models.SNSBackend, "subscribe", endpoint)


def of_parameters(models: Any) -> None:
    """Refuse parameters of Systems Manager."""
    from moto.core.exceptions import JsonRESTError  # noqa: PLC0415  # moto is imported by its process alone

    def parameter(
        own: Any, name: str, _told: Any, value: str, type_: str | None, pattern: str | None, *_given: Any, **named: Any
    ) -> None:
        known = own._parameters.get(name)  # noqa: SLF001  # there is no public way
        tier = named["tier"] or (known[-1].tier if known else "Standard")
        if type_ and type_ not in _TYPES:
            text = f"Value '{type_}' at 'type' failed to satisfy constraint: Member must satisfy enum value set: "
            raise models.ValidationException(f"1 validation error detected: {text}[{', '.join(_TYPES)}]")
        if not _PARAMETER.fullmatch(name):
            raise models.ValidationException(_NOT_QUALIFIED if "/" in name else _LETTERS)
        if len(value) > _STANDARD_CHARACTERS and tier == "Standard":
            raise models.ValidationException(_TOO_LONG)
        if pattern and not _admits(pattern, value):
            text = f"Parameter value, cannot be validated against allowedPattern: {pattern}"
            raise JsonRESTError("ParameterPatternMismatchException", text)

    def path(_own: Any, path: str, *_given: Any, **_named: Any) -> None:
        if not path.startswith("/"):
            text = 'The parameter name must begin with a forward slash "/".'
            raise models.ValidationException(f"The parameter doesn't meet the parameter name requirements. {text}")

    refuse(models.SimpleSystemManagerBackend, "put_parameter", parameter)
    refuse(models.SimpleSystemManagerBackend, "get_parameters_by_path", path)


def _admits(pattern: str, value: str) -> bool:
    """Return whether a pattern for the whole value, or one that takes too long, admits it."""
    try:
        return not (pattern.startswith("^") and pattern.endswith("$")) or fits_if_valid(pattern, value, of_turn())
    except BeyondAllowanceError:
        return True


def of_users(models: Any) -> None:
    """Refuse users of a pool of Cognito."""

    def attributes(own: Any, pool_id: str, _name: str, given: list[dict[str, str]] | None) -> None:
        known = own.describe_user_pool(pool_id).schema_attributes
        unknown = [
            one["Name"] for one in given or () if one["Name"] not in (*known, "email_verified", "phone_number_verified")
        ]
        if unknown:
            text = f"{unknown[0]}: Attribute does not exist in the schema.\n"
            raise models.InvalidParameterException(f"Attributes did not conform to the schema: {text}")

    def user(own: Any, pool_id: str, name: str, _action: Any, password: str | None, given: Any) -> None:
        attributes(own, pool_id, name, given)
        if password:
            own._validate_password(pool_id, password)  # noqa: SLF001  # there is no public way

    refuse(models.CognitoIdpBackend, "admin_create_user", user)
    refuse(models.CognitoIdpBackend, "admin_update_user_attributes", attributes)


def of_invitations(responses: Any) -> None:
    """Refuse ways to invite a user of Cognito."""
    from moto.cognitoidp.exceptions import InvalidParameterException  # noqa: PLC0415  # loaded with the service

    @replacing(responses.CognitoIdpResponse)
    def admin_create_user(create: Any, answer: Any) -> Any:
        ways = answer._get_param("DesiredDeliveryMediums") or []  # noqa: SLF001  # moto's own way
        if not {*ways} <= {"EMAIL", "SMS"}:
            text = "Member must satisfy constraint: [Member must satisfy enum value set: [SMS, EMAIL]]"
            place = f"Value '[{', '.join(ways)}]' at 'desiredDeliveryMediums' failed to satisfy constraint"
            raise InvalidParameterException(f"1 validation error detected: {place}: {text}")
        return create(answer)


def of_key_policies(models: Any) -> None:
    """Refuse policies of keys."""
    from moto.core.exceptions import JsonRESTError  # noqa: PLC0415  # moto is imported by its process alone

    def document(_own: Any, _key_id: str, policy: str) -> None:
        if not _has_statements(policy):
            raise JsonRESTError("MalformedPolicyDocumentException", "The policy is not valid JSON with statements.")

    refuse(models.KmsBackend, "put_key_policy", document)


def _has_statements(policy: str) -> bool:
    return bool(mappings(listed(json_object(policy).get("Statement"))))


def of_secrets(models: Any) -> None:
    """Refuse values and policies of secrets."""
    from moto.core.exceptions import JsonRESTError  # noqa: PLC0415  # moto is imported by its process alone

    def both(_own: Any, secret_string: str | None, secret_binary: str | None, **_named: Any) -> None:
        if secret_string and secret_binary:
            text = "You can't specify both a binary secret value and a string secret value in the same secret."
            raise models.InvalidParameterException(text)

    def value(own: Any, secret_id: str, **named: Any) -> None:
        both(own, **named)
        if own._is_valid_identifier(secret_id) and own.secrets[secret_id].is_deleted():  # noqa: SLF001  # there is no public way
            text = "You can't perform this operation on the secret because it was marked for deletion."
            raise models.InvalidRequestException(text)

    def policy(_own: Any, _secret_id: str, policy: str) -> None:
        fault = "a syntax error" if isinstance(json_or(policy), dict) else "invalid JSON"
        if not _has_statements(policy):
            raise JsonRESTError("MalformedPolicyDocumentException", f"This resource policy contains {fault}.")

    refuse(models.SecretsManagerBackend, "create_secret", both)
    refuse(models.SecretsManagerBackend, "put_secret_value", value)
    refuse(models.SecretsManagerBackend, "put_resource_policy", policy)
