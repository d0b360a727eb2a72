"""Requests that services refuse, and moto takes.

| service | what is refused |
|---|---|
| EventBridge Scheduler | a group with a name in use; the deletion of the group `default` |
| KMS | to encrypt and decrypt with a key that is disabled or waits for its deletion; to schedule the deletion again |
| S3 | the name of a bucket that no DNS name has |
| Secrets Manager | a new secret with the name of one that waits for its deletion |
| SNS | a subscription with a protocol that there is not |
| SQS | a name with the end of FIFO queues for another queue |
| Step Functions | a state machine with a name in use and another definition |
"""

import re
from collections.abc import Callable
from typing import Any

_BUCKET = re.compile(r"(?!.*\.\.)[a-z0-9][a-z0-9.-]{1,61}[a-z0-9]")
_PROTOCOLS = ("application", "email", "email-json", "firehose", "http", "https", "lambda", "sms", "sqs")
_WAITS = "You can't create this secret because a secret with this name is already scheduled for deletion."


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


def of_keys(models: Any) -> None:
    """Refuse the use of keys that are not enabled."""

    def with_usable(work: Callable[..., Any]) -> Callable[..., Any]:
        return lambda *, master_keys, **given: work(master_keys=_Usable(master_keys), **given)

    models.encrypt, models.decrypt = map(with_usable, (models.encrypt, models.decrypt))
    schedule = models.KmsBackend.schedule_key_deletion

    def schedule_key_deletion(own: Any, key_id: str, days: int) -> Any:
        _refuse_state(own.keys[key_id], "PendingDeletion", "KMSInvalidStateException", "pending deletion")
        return schedule(own, key_id, days)

    models.KmsBackend.schedule_key_deletion = schedule_key_deletion


def of_buckets(models: Any) -> None:
    """Refuse names of buckets."""
    create = models.S3Backend.create_bucket

    def create_bucket(own: Any, bucket_name: str, *given: Any, **named: Any) -> Any:
        if not _BUCKET.fullmatch(bucket_name):
            raise models.InvalidBucketName
        return create(own, bucket_name, *given, **named)

    models.S3Backend.create_bucket = create_bucket


def of_secrets(models: Any) -> None:
    """Refuse the name of a secret that waits for its deletion."""
    create = models.SecretsManagerBackend.create_secret

    def create_secret(own: Any, name: str, *given: Any, **named: Any) -> Any:
        if name in own.secrets and own.secrets[name].is_deleted():
            raise models.InvalidRequestException(_WAITS)
        return create(own, name, *given, **named)

    models.SecretsManagerBackend.create_secret = create_secret


def of_subscriptions(models: Any) -> None:
    """Refuse unknown protocols."""
    subscribe = models.SNSBackend.subscribe

    def checked(own: Any, topic_arn: str, endpoint: str, protocol: str) -> Any:
        if protocol not in _PROTOCOLS:
            text = f"Invalid parameter: Amazon SNS does not support this protocol string: {protocol}"
            raise models.SNSInvalidParameter(text)
        return subscribe(own, topic_arn, endpoint, protocol)

    models.SNSBackend.subscribe = checked


def of_schedule_groups(models: Any) -> None:
    """Refuse a group that is there: moto puts an empty one in its place; and the deletion of the usual one."""
    from moto.core.exceptions import JsonRESTError  # noqa: PLC0415  # moto is imported by its process alone

    backend = models.EventBridgeSchedulerBackend
    create, delete = backend.create_schedule_group, backend.delete_schedule_group

    def create_schedule_group(own: Any, name: str, tags: Any) -> Any:
        if name in own.schedule_groups:
            conflict = JsonRESTError("ConflictException", f"Schedule group {name} already exists.")
            conflict.code = 409
            raise conflict
        return create(own, name, tags)

    def delete_schedule_group(own: Any, name: str | None) -> None:
        if (name or "default") == "default":
            raise JsonRESTError("ValidationException", "The default schedule group cannot be deleted.")
        delete(own, name)

    backend.create_schedule_group, backend.delete_schedule_group = create_schedule_group, delete_schedule_group


def of_state_machines(models: Any) -> None:
    """Refuse another state machine under a name in use; the same one once more is answered as the first."""
    from moto.core.exceptions import AWSError  # noqa: PLC0415  # moto is imported by its process alone

    create = models.StepFunctionBackend.create_state_machine

    def create_state_machine(own: Any, name: str, definition: str, **given: Any) -> Any:
        made = create(own, name, definition, **given)
        if made.definition != definition:
            raise AWSError(f"State Machine Already Exists: '{made.arn}'", "StateMachineAlreadyExists")
        return made

    models.StepFunctionBackend.create_state_machine = create_state_machine


def of_queues(models: Any) -> None:
    """Refuse the end `.fifo` of the name of another queue."""
    create = models.SQSBackend.create_queue

    def create_queue(own: Any, name: str, tags: Any = None, **given: Any) -> Any:
        fifo = str(given.get("FifoQueue", "")).lower() == "true"
        if name.endswith(".fifo") and not fifo and name not in own.queues:
            text = "Can only include alphanumeric characters, hyphens, or underscores. 1 to 80 in length"
            raise models.InvalidParameterValue(text)
        return create(own, name, tags, **given)

    models.SQSBackend.create_queue = create_queue
