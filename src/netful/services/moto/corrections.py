"""Corrections of moto's services, each made once, when the module that it changes is loaded."""

import json
import re
import sys
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from hashlib import sha256
from typing import Any

from netful.model.json_texts import json_or
from netful.services.moto import (
    buckets,
    event_buses,
    given_ids,
    iam,
    kept_settings,
    log_queries,
    metric_filters,
    metrics,
    move_tasks,
    pages,
    patterns,
    queues,
    refusals,
    refused_values,
    shards,
    table_requests,
    timetables,
    transactions,
)
from netful.services.moto.bucket_policies import apply_to_anyone_only, refuse_public_ones
from netful.services.moto.iterators import bound_iterators, check_iterators
from netful.services.moto.missing import refuse_missing
from netful.services.moto.replacements import replacing
from netful.services.moto.rotations import record_rotations
from netful.services.moto.state_machines import executions
from netful.services.moto.state_machines.definitions import hook_validation

_CLIENT_WORDS = re.compile(r"(?:\w+: )?An error occurred \(\w+\)\s+when calling the \w+ operation:\s*")
_TOKEN_LIFE = timedelta(hours=12)
_OTHER_ATTRIBUTES = "Invalid parameter: Attributes Reason: Subscription already exists with different attributes"
_UNSET = {"FilterPolicyScope": "MessageAttributes"}
"""The attributes that a subscription has without a value of its own, beside those that moto sets."""


def _scale_any_service(models: Any) -> None:
    """Register scalable targets of ECS: moto has no services, and the stack's own handler has found the service before."""
    models.ApplicationAutoscalingBackend._ecs_service_exists_for_target = lambda *_: True  # noqa: SLF001  # there is no public way


def _read_all_attributes(models: Any) -> None:
    """Put all attributes into ID tokens of clients without `ReadAttributes`, as on AWS; moto puts none."""

    @replacing(models.CognitoIdpUserPool)
    def get_user_extra_data_by_client_id(extra: Any, pool: Any, client_id: str, username: str) -> dict[str, Any]:
        client = pool.clients.get(client_id)
        if client is None or "ReadAttributes" in client.extended_config:
            return dict(extra(pool, client_id, username))
        return {one["Name"]: _claim(one) for one in pool._get_user(username).attributes if one["Name"] != "sub"}  # noqa: SLF001  # there is no public way


def _claim(attribute: dict[str, str]) -> object:
    name, value = attribute["Name"], attribute["Value"]
    return value == "true" if name in ("email_verified", "phone_number_verified") else value


def _list_option_groups(models: Any) -> None:
    """List the option groups of a request that names none: moto needs a name, and has an error for an empty list."""

    @replacing(models.RDSBackend)
    def describe_option_groups(listed: Any, own: Any, asked: dict[str, Any]) -> Any:
        if asked.get("option_group_name"):
            return listed(own, asked)
        wanted = {name: asked[name] for name in ("engine_name", "major_engine_version") if asked.get(name)}
        return [one for one in own.option_groups.values() if all(getattr(one, k) == v for k, v in wanted.items())]


def _label_what_exists(models: Any) -> None:
    """Label only parameters that exist: moto makes one without a version for the name, and fails then at every list of parameters."""
    backend = models.SimpleSystemManagerBackend

    def checking(change: Callable[..., Any]) -> Callable[..., Any]:
        def checked(own: Any, name: str, *given: Any, **named: Any) -> Any:
            if name not in own._parameters:  # noqa: SLF001  # there is no public way
                raise models.ParameterNotFound(f"Parameter {name} not found.")
            return change(own, name, *given, **named)

        return checked

    for operation in ("label_parameter_version", "unlabel_parameter_version"):
        setattr(backend, operation, checking(getattr(backend, operation)))


def _find_keys_by_arn(models: Any) -> None:
    """Enable, disable and delete keys by their ARNs too; moto knows them by their ids alone."""
    backend = models.KmsBackend

    def by_id(change: Callable[..., Any]) -> Callable[..., Any]:
        return lambda own, key_id, *given: change(own, own.get_key_id(key_id), *given)

    for operation in ("enable_key", "disable_key", "schedule_key_deletion", "cancel_key_deletion"):
        setattr(backend, operation, by_id(getattr(backend, operation)))


def _list_tags_of_rules(models: Any) -> None:
    """List the rules of EventBridge among what has tags; moto lists its buses alone."""

    @replacing(models.EventsBackend)
    def iter_tagged_resources(listed: Any, own: Any) -> Iterator[Any]:
        yield from listed(own)
        for rule in (rule for bus in own.event_buses.values() for rule in bus.rules.values()):
            yield models.TaggedResource(rule.arn, own.tagger.get_tag_dict_for_resource(rule.arn), "events:rule")


def _await_confirmation(models: Any) -> None:
    """Begin subscriptions by HTTP and by mail without the confirmation of their owner, whom nothing here asks."""

    @replacing(models.SNSBackend)
    def subscribe(begin: Any, own: Any, topic_arn: str, endpoint: str, protocol: str) -> Any:
        subscription = begin(own, topic_arn, endpoint, protocol)
        if protocol in ("http", "https", "email", "email-json"):
            subscription.attributes |= {"PendingConfirmation": True, "ConfirmationWasAuthenticated": False}
        return subscription


def _deduplicate_by_content(models: Any) -> None:
    """Send a message of a FIFO topic with the id of its content; moto sends none, and most queues refuse it."""

    @replacing(models.Topic)
    def publish(send: Any, own: Any, message: str, *given: Any, **named: Any) -> Any:
        if not named.get("deduplication_id") and str(own.content_based_deduplication).lower() == "true":
            named["deduplication_id"] = sha256(message.encode()).hexdigest()
        return send(own, message, *given, **named)


def _know_no_tokens(responses: Any) -> None:
    """Refuse the tokens of confirmations: none was sent."""
    from moto.sns.exceptions import SNSInvalidParameter  # noqa: PLC0415  # loaded with the service

    def confirm_subscription(_answer: Any) -> Any:
        raise SNSInvalidParameter("Invalid parameter: Token")

    responses.SNSResponse.confirm_subscription = confirm_subscription


def _text(attribute: Any) -> str:
    """Return an attribute as it is compared: a filter policy is JSON, however it is written."""
    return json.dumps(json_or(attribute, attribute)) if isinstance(attribute, str) else json.dumps(attribute)


def _subscribe_whole(responses: Any) -> None:
    """Subscribe with all attributes or not at all, and refuse others for a subscription that exists."""
    from moto.core.exceptions import ServiceException  # noqa: PLC0415  # loaded with the service
    from moto.sns.exceptions import SNSInvalidParameter  # noqa: PLC0415  # the same

    @replacing(responses.SNSResponse)
    def subscribe(begin: Any, own: Any) -> Any:
        asked = [own._get_param(name) for name in ("TopicArn", "Endpoint", "Protocol")]  # noqa: SLF001  # there is no public way
        there = own.backend._find_subscription(*asked)  # noqa: SLF001  # the same
        if there is None:
            try:
                return begin(own)
            except ServiceException:
                if (left := own.backend._find_subscription(*asked)) is not None:  # noqa: SLF001  # the same
                    own.backend.unsubscribe(left.arn)
                raise
        given = own._get_attributes() or {}  # noqa: SLF001  # the same
        if any(_text(there.attributes.get(name, _UNSET.get(name))) != _text(value) for name, value in given.items()):
            raise SNSInvalidParameter(_OTHER_ATTRIBUTES)
        return begin(own)


def _list_executions_of_a_machine(responses: Any) -> None:
    """Refuse a list of executions that names no state machine; moto fails at it."""
    from moto.core.exceptions import JsonRESTError  # noqa: PLC0415  # loaded with the service

    @replacing(responses.StepFunctionResponse)
    def list_executions(listed: Any, own: Any) -> Any:
        if not own._get_param("stateMachineArn"):  # noqa: SLF001  # there is no public way
            raise JsonRESTError("ValidationException", "The request must contain the parameter stateMachineArn")
        return listed(own)


def _record_changes_only(table: Any) -> None:
    """Put one record into a table's stream for each change of an item, and none for a write that changes nothing.

    For an item that an update makes, moto puts two: one of the keys alone, and one of the whole item.
    """

    @replacing(table.StreamShard, "add")
    def add_change(add: Any, own: Any, old: Any, new: Any) -> None:
        if old is not None and new is not None and old == new:
            return
        made = own.items[-1] if own.items and old is None and own.items[-1].record["eventName"] == "INSERT" else None
        if made is not None and made.record["dynamodb"]["Keys"] == _keys(own.table, new):
            own.items.pop()
        add(own, old, new)


def _keys(table: Any, item: Any) -> dict[str, Any]:
    """Return the keys of an item of DynamoDB, as a stream's record has them."""
    own = {table.hash_key_attr: item.hash_key, table.range_key_attr: item.range_key}
    return {name: value.to_json() for name, value in own.items() if value is not None}


def _expire_tokens(responses: Any) -> None:
    """Let tokens for images expire in twelve hours, as ECR's do; moto's have expired in 2015."""

    @replacing(responses.ECRResponse)
    def get_authorization_token(give: Any, answer: Any) -> Any:
        given = give(answer)
        for one in given.result["authorizationData"]:
            one["expiresAt"] = datetime.now(UTC) + _TOKEN_LIFE
        return given


def _say_errors_once(exceptions: Any) -> None:
    """Leave out of a message what the client's library says itself: `An error occurred (…) when calling …`."""

    @replacing(exceptions.SecretsManagerClientError, "__init__")
    def init(begin: Any, own: Any, error_type: str, message: str, **named: Any) -> None:
        begin(own, error_type, " ".join(_CLIENT_WORDS.sub("", message).split()), **named)


def _identify_the_root(models: Any) -> None:
    """Identify a caller whose access key is not a user's as the root of the account, which may do everything; moto makes up a user."""

    @replacing(models.STSBackend)
    def get_caller_identity(found: Any, own: Any, access_key_id: str, region: str) -> Any:
        user_id, arn, account_id = found(own, access_key_id, region)
        if not arn.endswith(":user/moto"):
            return user_id, arn, account_id
        return account_id, f"{arn.partition(':sts:')[0]}:iam::{account_id}:root", account_id


_waiting: list[tuple[str, Callable[[Any], None]]] = [
    ("moto.applicationautoscaling.models", _scale_any_service),
    ("moto.cloudwatch.models", metrics.match_dimensions),
    ("moto.cloudwatch.models", metrics.list_once),
    ("moto.cloudwatch.models", metrics.refuse_expressions),
    ("moto.cloudwatch.models", metrics.keep_states),
    ("moto.cloudwatch.models", refusals.of_alarms),
    ("moto.cognitoidp.models", given_ids.of_user_pools),
    ("moto.cognitoidp.models", refused_values.of_users),
    ("moto.cognitoidp.responses", refused_values.of_invitations),
    ("moto.cognitoidp.models", _read_all_attributes),
    ("moto.core.responses", refuse_missing),
    ("moto.dynamodb.responses", refused_values.of_filters),
    ("moto.dynamodb.responses", transactions.write_once),
    ("moto.dynamodb.responses", table_requests.check_requests),
    ("moto.dynamodb.responses", table_requests.export_tables),
    ("moto.dynamodb.models", refusals.of_expiries),
    ("moto.dynamodb.models.table", given_ids.of_streams),
    ("moto.dynamodb.models.table", given_ids.of_tables),
    ("moto.dynamodb.models.table", _record_changes_only),
    ("moto.dynamodbstreams.models", bound_iterators),
    ("moto.ecr.responses", _expire_tokens),
    ("moto.events.models", event_buses.put_as_eventbridge),
    ("moto.events.models", patterns.of_rules),
    ("moto.events.models", event_buses.take_each_event),
    ("moto.events.models", _list_tags_of_rules),
    ("moto.events.models", refusals.of_destinations),
    ("moto.events.responses", event_buses.answer_tests),
    ("moto.events.responses", timetables.refuse_rules),
    ("moto.events.utils", pages.page_targets),
    ("moto.iam.models", refusals.of_users_and_groups),
    ("moto.iam.models", refusals.of_trust_policies),
    ("moto.iam.models", iam.say_what_is_missing),
    ("moto.iam.policy_validation", iam.take_any_version),
    ("moto.iam.responses", iam.describe_some_roles),
    ("moto.iam.responses", iam.find_regions),
    ("moto.iam.responses", iam.make_room_for_versions),
    ("moto.iam.responses", given_ids.of_roles_and_access_keys),
    ("moto.kinesis.models", check_iterators),
    ("moto.kinesis.models", shards.close_shards),
    ("moto.kinesis.models", shards.number_records),
    ("moto.kinesis.responses", pages.page_streams),
    ("moto.kms.models", refused_values.of_key_policies),
    ("moto.kms.models", refusals.of_keys),
    ("moto.kms.models", _find_keys_by_arn),
    ("moto.kms.responses", given_ids.of_keys),
    ("moto.logs.models", log_queries.evaluate),
    ("moto.logs.models", refusals.of_retentions),
    ("moto.logs.models", metric_filters.of_groups),
    ("moto.logs.responses", log_queries.find_groups_and_streams),
    ("moto.kms.responses", kept_settings.of_keys),
    ("moto.logs.models", kept_settings.of_log_groups),
    ("moto.logs.responses", kept_settings.of_new_log_groups),
    ("moto.rds.models", _list_option_groups),
    ("moto.rds.models", refusals.of_parameter_groups),
    ("moto.s3.models", apply_to_anyone_only),
    ("moto.s3.models", refuse_public_ones),
    ("moto.s3.models", buckets.close_by_default),
    ("moto.s3.models", buckets.encrypt_by_default),
    ("moto.s3.models", buckets.notify_of_changes),
    ("moto.s3.models", refusals.of_buckets),
    ("moto.s3.models", refusals.of_uploads),
    ("moto.s3.responses", buckets.refuse_public_lists),
    ("moto.s3.responses", kept_settings.of_buckets),
    ("moto.s3.responses", pages.page_buckets),
    ("moto.s3.utils", buckets.find_regions),
    ("moto.scheduler.models", refusals.of_schedule_groups),
    ("moto.scheduler.responses", timetables.refuse_schedules),
    ("moto.secretsmanager.exceptions", _say_errors_once),
    ("moto.secretsmanager.models", record_rotations),
    ("moto.secretsmanager.models", refusals.of_secrets),
    ("moto.secretsmanager.models", refused_values.of_secrets),
    ("moto.secretsmanager.utils", given_ids.of_secrets),
    ("moto.sns.models", given_ids.of_subscriptions),
    ("moto.sns.models", _await_confirmation),
    ("moto.sns.models", _deduplicate_by_content),
    ("moto.sns.models", patterns.of_subscriptions),
    ("moto.sns.responses", _subscribe_whole),
    ("moto.sns.models", refusals.of_subscriptions),
    ("moto.sns.models", refused_values.of_topics),
    ("moto.sns.responses", _know_no_tokens),
    ("moto.sqs.models", move_tasks.know_origins),
    ("moto.sns.responses", kept_settings.of_topics),
    ("moto.sqs.models", kept_settings.of_queues),
    ("moto.sqs.models", queues.date_in_seconds),
    ("moto.sqs.models", queues.keep_policies),
    ("moto.sqs.models", queues.complete_messages),
    ("moto.sqs.models", queues.deduplicate),
    ("moto.sqs.models", refusals.of_queues),
    ("moto.sqs.models", refused_values.of_attributes),
    ("moto.sqs.models", refused_values.of_messages),
    ("moto.sqs.responses", move_tasks.move_messages),
    ("moto.sqs.responses", move_tasks.tell_sources),
    ("moto.sqs.responses", queues.find_regions),
    ("moto.sqs.responses", queues.read_queries),
    ("moto.ssm.models", _label_what_exists),
    ("moto.ssm.models", refused_values.of_parameters),
    ("moto.sts.models", _identify_the_root),
    ("moto.stepfunctions.models", refusals.of_state_machines),
    ("moto.stepfunctions.responses", executions.page_history),
    ("moto.stepfunctions.responses", executions.stop_at_once),
    ("moto.stepfunctions.responses", _list_executions_of_a_machine),
    ("moto.stepfunctions.responses", hook_validation),
]
"""Each module with what corrects it, as long as it is not loaded."""


def correct_loaded() -> None:
    """Correct the modules that have been loaded since the last call."""
    for one in [one for one in _waiting if one[0] in sys.modules]:
        _waiting.remove(one)
        name, correct = one
        correct(sys.modules[name])
