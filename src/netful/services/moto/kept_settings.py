"""Settings that clients read back after they have set them, such as the Terraform provider; moto drops them.

| setting | in |
|---|---|
| who may redrive to a queue | `RedriveAllowPolicy` of SQS |
| signatures, traces and throughput of a topic | attributes of SNS |
| class of a log group | `logGroupClass` of CloudWatch Logs |
| days between rotations of a key | `RotationPeriodInDays` of KMS |
| who pays for requests to a bucket | `RequestPayment` of S3 |
"""

import json
import re
from typing import Any

from netful.services.moto.replacements import replacing

_OF_TOPICS = {
    "SignatureVersion": "signature_version",
    "TracingConfig": "tracing_config",
    "ArchivePolicy": "archive_policy",
    "FifoThroughputScope": "fifo_throughput_scope",
}
_USUAL_DAYS = 365
_PAYER = re.compile(r"<Payer>(\w+)</Payer>")
_PAYMENT = (
    '<?xml version="1.0" encoding="UTF-8"?><RequestPaymentConfiguration xmlns="http://s3.amazonaws.com/doc/2006-03-01/">'
    "<Payer>{}</Payer></RequestPaymentConfiguration>"
)


def of_queues(models: Any) -> None:
    """Keep which queues may have a queue for what they cannot deliver."""
    models.Queue.redrive_allow_policy = None
    models.Queue.BASE_ATTRIBUTES = [*models.Queue.BASE_ATTRIBUTES, "RedriveAllowPolicy"]


def of_topics(responses: Any) -> None:
    """Keep further attributes of a topic."""

    @replacing(responses.SNSResponse)
    def get_topic_attributes(described: Any, own: Any) -> Any:
        found = described(own)
        topic = own.backend.get_topic(own._get_param("TopicArn"))  # noqa: SLF001  # moto's own way
        held = {name: getattr(topic, attribute, None) for name, attribute in _OF_TOPICS.items()}
        found.result["Attributes"] |= {name: value for name, value in held.items() if value}
        return found


def of_log_groups(models: Any) -> None:
    """Describe the class of a log group."""
    described = models.LogGroup.to_describe_dict
    models.LogGroup.group_class = "STANDARD"
    models.LogGroup.to_describe_dict = lambda own: {**described(own), "logGroupClass": own.group_class}


def of_new_log_groups(responses: Any) -> None:
    """Keep the class of a log group."""

    @replacing(responses.LogsResponse)
    def create_log_group(create: Any, own: Any) -> Any:
        answer, kind = create(own), own._get_param("logGroupClass")  # noqa: SLF001
        if kind:
            own.logs_backend.groups[own._get_param("logGroupName")].group_class = kind  # noqa: SLF001
        return answer


def of_keys(responses: Any) -> None:
    """Keep how often a key rotates."""

    def key(own: Any) -> Any:
        return own.kms_backend.keys[own.kms_backend.get_key_id(own._get_param("KeyId"))]  # noqa: SLF001

    @replacing(responses.KmsResponse)
    def enable_key_rotation(enable: Any, own: Any) -> Any:
        answer = enable(own)
        key(own).rotation_period = own._get_param("RotationPeriodInDays") or _USUAL_DAYS  # noqa: SLF001
        return answer

    @replacing(responses.KmsResponse)
    def get_key_rotation_status(status: Any, own: Any) -> Any:
        found, of = json.loads(status(own)), key(own)
        if found["KeyRotationEnabled"]:
            found["RotationPeriodInDays"] = getattr(of, "rotation_period", _USUAL_DAYS)
        return json.dumps({**found, "KeyId": of.id})


def of_buckets(responses: Any) -> None:
    """Keep who pays for requests to a bucket."""
    answers = responses.S3Response
    get, put = answers._bucket_response_get, answers._bucket_response_put  # noqa: SLF001

    def of_get(own: Any, bucket: str, query: dict[str, Any]) -> Any:
        if "requestPayment" not in query:
            return get(own, bucket, query)
        return 200, {}, _PAYMENT.format(getattr(own.backend.get_bucket(bucket), "payer", "BucketOwner"))

    def of_put(own: Any, request: Any, bucket: str, query: dict[str, Any]) -> Any:
        if "requestPayment" not in query:
            return put(own, request, bucket, query)
        body = own.body.decode() if isinstance(own.body, bytes) else own.body
        named = _PAYER.search(body)
        own.backend.get_bucket(bucket).payer = named[1] if named else "BucketOwner"
        return 200, {}, ""

    answers._bucket_response_get, answers._bucket_response_put = of_get, of_put  # noqa: SLF001
