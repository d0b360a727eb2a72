"""Requests that services refuse, and moto takes.

| service | what is refused |
|---|---|
| CloudWatch | an alarm with a period, a statistic, an operator or a unit that there is not |
| CloudWatch Logs | a retention of another number of days than it offers |
| EventBridge | a connection or an API destination with a name in use |
| EventBridge Scheduler | a group with a name in use; the deletion of the group `default` |
| IAM | to delete a user that has access keys, a password or a group, and a group that has users or policies; a trust policy without statements, or with one without a principal or with a resource |
| KMS | to encrypt and decrypt with a key that is disabled or waits for its deletion; to schedule the deletion again, or in less than 7 or more than 30 days |
| RDS | to describe a parameter group that does not exist |
| S3 | the name of a bucket that no DNS name has; parts of an upload that there is not |
| Secrets Manager | a new secret with the name of one that waits for its deletion |
| SNS | a subscription with a protocol that there is not |
| SQS | a name with the end of FIFO queues for another queue |
| Step Functions | a state machine with a name in use and another definition |
"""

import re
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from typing import Any

from netful.model.core import listed, mappings
from netful.model.json_texts import json_object
from netful.service_models.requests import ConstraintError, check
from netful.service_models.service_model import service_model
from netful.services.moto.replacements import replacing

_BUCKET = re.compile(r"(?!.*\.\.)[a-z0-9][a-z0-9.-]{1,61}[a-z0-9]")
_RETENTIONS = (
    1, 3, 5, 7, 14, 30, 60, 90, 120, 150, 180, 365, 400, 545, 731, 1096, 1827, 2192, 2557, 2922, 3288, 3653,
)  # fmt: skip
_LEAST_DAYS, _MOST_DAYS = 7, 30
_SHORT_PERIODS, _MINUTE = (10, 20, 30), 60
_PROTOCOLS = ("application", "email", "email-json", "firehose", "http", "https", "lambda", "sms", "sqs")
_WAITS = "You can't create this secret because a secret with this name is already scheduled for deletion."

_REPEATED = ContextVar("_REPEATED", default=False)


@contextmanager
def nothing_refused() -> Iterator[None]:
    """Refuse nothing meanwhile, as for the calls of a journal, which an earlier version may have taken."""
    token = _REPEATED.set(True)
    try:
        yield
    finally:
        _REPEATED.reset(token)


class _Usable(dict[str, Any]):
    """Keys of KMS by id, of which only those that are enabled can be had."""

    def __getitem__(self, key_id: str) -> Any:
        key = super().__getitem__(key_id)
        _refuse_state(key, "PendingDeletion", "KMSInvalidStateException", "pending deletion")
        _refuse_state(key, "Disabled", "DisabledException", "disabled")
        return key


def _refuse_state(key: Any, state: str, code: str, words: str) -> None:
    from moto.core.exceptions import JsonRESTError  # noqa: PLC0415  # moto is imported by its process alone

    if key.key_state == state:
        raise JsonRESTError(code, f"{key.arn} is {words}.")


def refuse(backend: Any, operation: str, why: Callable[..., None]) -> None:
    """Let an operation of a backend refuse what a function, which has the same arguments, raises an error for."""
    work = getattr(backend, operation)

    def checked(own: Any, *given: Any, **named: Any) -> Any:
        if not _REPEATED.get():
            why(own, *given, **named)
        return work(own, *given, **named)

    setattr(backend, operation, checked)


def of_keys(models: Any) -> None:
    """Refuse the use of keys that are not enabled."""

    def with_usable(work: Callable[..., Any]) -> Callable[..., Any]:
        return lambda *, master_keys, **given: work(master_keys=_Usable(master_keys), **given)

    def twice(own: Any, key_id: str, days: int) -> None:
        _refuse_state(own.keys[key_id], "PendingDeletion", "KMSInvalidStateException", "pending deletion")
        if not _LEAST_DAYS <= days <= _MOST_DAYS:
            text = f"PendingWindowInDays must be between {_LEAST_DAYS} and {_MOST_DAYS}, and it is {days}"
            raise models.ValidationException(text)

    models.encrypt, models.decrypt = map(with_usable, (models.encrypt, models.decrypt))
    refuse(models.KmsBackend, "schedule_key_deletion", twice)


def of_users_and_groups(models: Any) -> None:
    """Refuse to delete users and groups that have something."""

    def refuse_if(*conflicts: tuple[object, str]) -> None:
        for has, what in conflicts:
            if has:
                raise models.DeleteConflictException(f"Cannot delete entity, must {what} first.")

    def user(own: Any, name: str) -> None:
        one = own.get_user(name)
        groups, password = own.get_groups_for_user(name), one.password
        refuse_if(
            (one.access_keys, "delete access keys"),
            (password, "delete login profile"),
            (groups, "remove users from group"),
        )

    def group(own: Any, name: str) -> None:
        one = own.get_group(name)
        attached = (one.managed_policies, "detach all policies")
        refuse_if((one.users, "remove users from group"), (one.policies, "delete policies"), attached)

    refuse(models.IAMBackend, "delete_user", user)
    refuse(models.IAMBackend, "delete_group", group)


def of_trust_policies(models: Any) -> None:
    """Refuse trust policies without statements, and those whose statements lack a principal or have a resource."""
    from moto.iam.exceptions import MalformedPolicyDocument  # noqa: PLC0415  # moto is imported by its process alone

    def document(_own: Any, _role_name: str, document: str, *_given: Any, **_named: Any) -> None:
        statements = mappings(listed(json_object(document).get("Statement")))
        if not statements:
            raise MalformedPolicyDocument("Syntax errors in policy.")
        if not all({"Principal", "NotPrincipal"} & one.keys() for one in statements):
            raise MalformedPolicyDocument("Missing required field Principal")
        if any({"Resource", "NotResource"} & one.keys() for one in statements):
            raise MalformedPolicyDocument("Has prohibited field Resource")

    refuse(models.IAMBackend, "create_role", document)
    refuse(models.IAMBackend, "update_assume_role_policy", document)


def of_alarms(models: Any) -> None:
    """Refuse alarms with values that CloudWatch does not have."""
    model = service_model("cloudwatch")

    def values(_own: Any, *, period: int | None = None, **named: Any) -> None:
        asked = {
            "AlarmName": named["name"],
            "EvaluationPeriods": named["evaluation_periods"],
            "ComparisonOperator": named["comparison_operator"],
            "Statistic": named.get("statistic"),
            "Unit": named.get("unit"),
        }
        try:
            check(model, model.operations["PutMetricAlarm"], {key: one for key, one in asked.items() if one})
        except ConstraintError as error:
            raise models.ValidationError(str(error)) from error
        if period and int(period) not in _SHORT_PERIODS and int(period) % _MINUTE:
            raise models.ValidationError("Period must be 10, 20, 30 or a multiple of 60")

    refuse(models.CloudWatchBackend, "put_metric_alarm", values)


def of_uploads(models: Any) -> None:
    """Refuse parts of an upload that does not exist."""

    def unknown(own: Any, bucket_name: str, multipart_id: str, *_given: Any, **_named: Any) -> None:
        if multipart_id not in own.get_bucket(bucket_name).multiparts:
            raise models.NoSuchUpload(upload_id=multipart_id)

    for operation in ("complete_multipart_upload", "upload_part", "upload_part_copy"):
        refuse(models.S3Backend, operation, unknown)


def of_expiries(models: Any) -> None:
    """Refuse a table that does not exist, with the code of all other operations."""

    def table(own: Any, name: str, *_given: Any, **_named: Any) -> None:
        own.get_table(name)

    refuse(models.DynamoDBBackend, "describe_time_to_live", table)
    refuse(models.DynamoDBBackend, "update_time_to_live", table)


def of_buckets(models: Any) -> None:
    """Refuse names of buckets."""

    def no_name(_own: Any, bucket_name: str, *_given: Any, **_named: Any) -> None:
        if not _BUCKET.fullmatch(bucket_name):
            raise models.InvalidBucketName

    refuse(models.S3Backend, "create_bucket", no_name)


def of_secrets(models: Any) -> None:
    """Refuse the name of a secret that waits for its deletion."""

    def waiting(own: Any, name: str, *_given: Any, **_named: Any) -> None:
        if name in own.secrets and own.secrets[name].is_deleted():
            raise models.InvalidRequestException(_WAITS)

    refuse(models.SecretsManagerBackend, "create_secret", waiting)


def of_subscriptions(models: Any) -> None:
    """Refuse unknown protocols."""

    def unknown(_own: Any, topic_arn: str, endpoint: str, protocol: str) -> None:  # noqa: ARG001  # the names of moto
        if protocol not in _PROTOCOLS:
            text = f"Invalid parameter: Amazon SNS does not support this protocol string: {protocol}"
            raise models.SNSInvalidParameter(text)

    refuse(models.SNSBackend, "subscribe", unknown)


def of_destinations(models: Any) -> None:
    """Refuse another connection or API destination under a name in use: moto puts it in the place of the first."""
    from moto.core.exceptions import JsonRESTError  # noqa: PLC0415  # moto is imported by its process alone

    def there(kind: str, named: str) -> Callable[..., None]:
        def check(own: Any, name: str, *_given: Any, **_named: Any) -> None:
            if name in getattr(own, named):
                raise JsonRESTError("ResourceAlreadyExistsException", f"{kind} {name} already exists.")

        return check

    refuse(models.EventsBackend, "create_connection", there("Connection", "connections"))
    refuse(models.EventsBackend, "create_api_destination", there("ApiDestination", "destinations"))


def of_retentions(models: Any) -> None:
    """Refuse numbers of days that CloudWatch Logs does not keep events for."""

    def days(_own: Any, _group: str, retention_in_days: Any) -> None:
        if int(retention_in_days) not in _RETENTIONS:
            constraint = f"Member must satisfy enum value set: [{', '.join(map(str, _RETENTIONS))}]"
            raise models.InvalidParameterException(
                constraint=constraint, parameter="retentionInDays", value=retention_in_days
            )

    refuse(models.LogsBackend, "put_retention_policy", days)


def of_parameter_groups(models: Any) -> None:
    """Refuse names of parameter groups that do not exist; moto does not have those that AWS makes."""

    def named(own: Any, asked: dict[str, Any]) -> None:
        name = asked.get("db_parameter_group_name")
        if name and name not in own.db_parameter_groups and not name.startswith("default."):
            raise models.DBParameterGroupNotFoundError(name)

    refuse(models.RDSBackend, "describe_db_parameter_groups", named)


def of_schedule_groups(models: Any) -> None:
    """Refuse a group that is there: moto puts an empty one in its place; and the deletion of the usual one."""
    from moto.core.exceptions import JsonRESTError  # noqa: PLC0415  # moto is imported by its process alone

    def there(own: Any, name: str, *_given: Any, **_named: Any) -> None:
        if name in own.schedule_groups:
            conflict = JsonRESTError("ConflictException", f"Schedule group {name} already exists.")
            conflict.code = 409
            raise conflict

    def usual(_own: Any, name: str | None) -> None:
        if (name or "default") == "default":
            raise JsonRESTError("ValidationException", "The default schedule group cannot be deleted.")

    refuse(models.EventBridgeSchedulerBackend, "create_schedule_group", there)
    refuse(models.EventBridgeSchedulerBackend, "delete_schedule_group", usual)


def of_state_machines(models: Any) -> None:
    """Refuse another state machine under a name in use; the same one once more, as an activity, is answered as the first."""
    from moto.core.exceptions import AWSError  # noqa: PLC0415  # moto is imported by its process alone

    @replacing(models.StepFunctionBackend)
    def create_state_machine(create: Any, own: Any, name: str, definition: str, **given: Any) -> Any:
        made = create(own, name, definition, **given)
        if made.definition != definition:
            raise AWSError(f"State Machine Already Exists: '{made.arn}'", "StateMachineAlreadyExists")
        return made

    @replacing(models.StepFunctionBackend)
    def create_activity(make: Any, own: Any, name: str, *given: Any, **named: Any) -> Any:
        return next((one for one in own.activities.values() if one.name == name), None) or make(
            own, name, *given, **named
        )


def of_queues(models: Any) -> None:
    """Refuse the end `.fifo` of the name of another queue."""

    def no_fifo(own: Any, name: str, *_given: Any, **named: Any) -> None:
        fifo = str(named.get("FifoQueue", "")).lower() == "true"
        if name.endswith(".fifo") and not fifo and name not in own.queues:
            text = "Can only include alphanumeric characters, hyphens, or underscores. 1 to 80 in length"
            raise models.InvalidParameterValue(text)

    refuse(models.SQSBackend, "create_queue", no_fifo)
