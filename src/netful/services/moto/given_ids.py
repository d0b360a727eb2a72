"""Resources with the ids of the template, where moto would generate others.

| resource | its id |
|---|---|
| KMS key, user pool and its client, IAM role and access key | is a member of the request, which no AWS client sends |
| secret | follows from its name: the six letters at the end of the ARN |
| subscription of SNS | follows from its topic, protocol and endpoint |
| stream of a table, and the table's own id | follow from the table |
"""

import json
import sys
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from typing import Any
from uuid import NAMESPACE_URL, uuid5

from netful.model.names.arns import aws_arn
from netful.model.names.generated.secret_names import with_suffix
from netful.model.names.generated.stream_arn import LABEL
from netful.model.names.generated.subscription_arn import subscription_arn
from netful.services.deploy.kinds.iam import SECRET_MEMBER
from netful.services.deploy.kinds.resource_kind import ID_MEMBER
from netful.services.moto.replacements import replacing

# By IAM's operation: the member of a request, and the function of moto's that generates the value.
_GENERATED = {
    "create_role": {ID_MEMBER: "random_role_id"},
    "create_access_key": {ID_MEMBER: "generate_access_key_id_from_account_id", SECRET_MEMBER: "random_alphanumeric"},
}


def of_keys(responses: Any) -> None:
    """Use the ids that requests to KMS contain."""
    create, models = responses.KmsResponse.create_key, sys.modules["moto.kms.models"]

    def create_key(answer: Any) -> Any:
        given, known = json.loads(answer.body or "{}").get(ID_MEMBER), answer.kms_backend.keys
        if given in known:  # it exists from an earlier deployment, and other data is encrypted with it
            if known[given].key_state == "PendingDeletion":
                answer.kms_backend.cancel_key_deletion(given)
                answer.kms_backend.enable_key(given)
            return json.dumps(known[given].to_dict())
        with _generating(models, {"generate_key_id": given}):
            return create(answer)

    responses.KmsResponse.create_key = create_key


def of_user_pools(models: Any) -> None:
    """Use the ids that requests to Cognito contain, among the settings of a pool or a client."""

    @replacing(models)
    def generate_id(generate: Any, strategy: str | None, *about: Any) -> str:
        settings = about[-1]
        given = settings.pop(ID_MEMBER, None) if isinstance(settings, dict) else None
        return str(given) if given else str(generate(strategy, *about))


def of_roles_and_access_keys(responses: Any) -> None:
    """Use the ids that requests to IAM contain."""
    answers, models = responses.IamResponse, sys.modules["moto.iam.models"]
    for operation, generated in _GENERATED.items():
        setattr(answers, operation, _with_given(getattr(answers, operation), models, generated))


def _with_given(create: Callable[[Any], Any], models: Any, generated: Mapping[str, str]) -> Callable[[Any], Any]:
    def create_with_given(answer: Any) -> Any:
        given = {name: answer.querystring.get(member, [None])[0] for member, name in generated.items()}
        with _generating(models, given):
            return create(answer)

    return create_with_given


@contextmanager
def _generating(module: Any, values: Mapping[str, str | None]) -> Iterator[None]:
    """Let functions of a module return these values; one without a value generates its own."""
    usual = {name: getattr(module, name) for name, value in values.items() if value}
    for name in usual:
        setattr(module, name, lambda *_about, given=values[name], **_more: given)
    try:
        yield
    finally:
        for name, function in usual.items():
            setattr(module, name, function)


def of_secrets(utils: Any) -> None:
    """Let the end of a secret's ARN follow from its name."""

    def arn(own: Any, *_known: Any, **_about: Any) -> str:
        end = with_suffix(own.name, own.account_id, own.region)
        return aws_arn("secretsmanager", own.region, own.account_id, f"secret:{end}")

    utils.SecretsManagerSecretIdentifier.generate = arn


def of_subscriptions(models: Any) -> None:
    """Let the ARN of a subscription follow from its topic, protocol and endpoint."""

    @replacing(models.Subscription, "__init__")
    def init(make: Any, own: Any, account_id: str, topic: Any, endpoint: str, protocol: str) -> None:
        make(own, account_id, topic, endpoint, protocol)
        own.arn = subscription_arn(topic.arn, protocol, endpoint)


def of_streams(models: Any) -> None:
    """Let the ARN of a stream follow from its table."""

    @replacing(models.Table)
    def set_stream_specification(begin: Any, own: Any, streams: dict[str, Any] | None) -> None:
        begin(own, streams)
        if own.latest_stream_label:
            own.latest_stream_label = LABEL


def of_tables(models: Any) -> None:
    """Describe a table with an id, which moto does not have; it follows from the table's ARN and its creation."""

    @replacing(models.Table)
    def describe(described: Any, own: Any, base_key: str = "TableDescription") -> dict[str, Any]:
        found: dict[str, Any] = described(own, base_key)
        found[base_key]["TableId"] = str(uuid5(NAMESPACE_URL, f"{own.table_arn} {own.created_at}"))
        return found
