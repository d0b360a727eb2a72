"""Functions of a plan with their versions, sources of events and destinations: as a template says the same."""

import pytest

from netful.engine.authorization.function_urls import half_permissions, is_public
from netful.engine.events.event_source_mappings import event_source_mappings
from netful.functions.code.layers import layers_of
from netful.functions.code.template_versions import add_template_versions
from netful.functions.code.versions import Alias, Version, Versions
from netful.functions.environments.config import Cors, template_urls
from netful.functions.events.event_settings import EventSettings, event_settings
from netful.model.core import Unknown
from netful.sources import load
from tests.helpers.terraform_plans import Plan, refers

FUNCTION, ALIAS, DLQ = "aws_lambda_function.f", "aws_lambda_alias.live", "arn:aws:sqs:eu-west-1:123456789012:dlq"
NAMED = {"function_name": refers(f"{FUNCTION}.function_name")}
QUEUE = refers("aws_sqs_queue.dlq.arn")


def function(**more) -> Plan:
    plan = Plan().add("aws_sqs_queue.dlq", name="dlq", visibility_timeout_seconds=60)
    return plan.add(FUNCTION, more.pop("expressions", None), function_name="f", publish=True, **more)


@pytest.fixture
def loaded(tmp_path):
    return lambda plan: load([plan.write(tmp_path)])


def versions_of(cloud) -> Versions:
    versions = Versions(Version(cloud.compute.functions[FUNCTION], None))
    add_template_versions(cloud, versions)
    return versions


def test_settings_of_a_function(loaded, tmp_path):
    (tmp_path / "layer.zip").touch()
    written = {"layers": refers("aws_lambda_layer_version.l.arn"), "dead_letter_config": [{"target_arn": QUEUE}]}
    plan = function(expressions=written, layers=..., ephemeral_storage=[{"size": 2048}], dead_letter_config=[{}],
                    architectures=["arm64"], snap_start=[{"apply_on": "PublishedVersions"}])  # fmt: skip
    plan.changes[-1]["change"]["after_unknown"]["dead_letter_config"] = [{"target_arn": True}]
    plan.add("aws_lambda_layer_version.l", layer_name="l", filename="layer.zip")
    plan.add("aws_lambda_function_recursion_config.f", NAMED, function_name=..., recursive_loop="Allow")
    plan.add("aws_lambda_runtime_management_config.f", NAMED, function_name=..., update_runtime_on="FunctionUpdate")
    cloud = loaded(plan)
    found = cloud.compute.functions[FUNCTION]
    assert [one.local_path for one in layers_of(cloud, found).contents] == [str(tmp_path / "layer.zip")]
    assert (found.ephemeral_storage, found.dead_letter_arn, found.architectures) == (2048, DLQ, ("arm64",))
    assert (found.snap_start, found.recursive_loop) == ("PublishedVersions", "Allow")
    assert found.runtime_management.update_runtime_on == "FunctionUpdate"


@pytest.mark.parametrize("known", [{}, {"version": "5"}])
@pytest.mark.parametrize("qualifier", [{"qualifier": refers(f"{ALIAS}.name")}, {}])
def test_an_alias_of_the_published_version(loaded, known, qualifier):
    plan = function(**known)
    written = {**NAMED, "function_version": refers(f"{FUNCTION}.version")}
    plan.add(ALIAS, written, name="live", function_name=..., function_version=known.get("version", ...),
             routing_config=[{"additional_version_weights": {"2": 0.1}}])  # fmt: skip
    plan.add("aws_lambda_provisioned_concurrency_config.p", {**NAMED, **qualifier}, function_name=...,
             qualifier=... if qualifier else "live", provisioned_concurrent_executions=2)  # fmt: skip
    versions = versions_of(loaded(plan))
    alias: Alias = versions.aliases["live"]
    assert (alias.version, dict(alias.weights)) == ("1", {"2": 0.1})
    assert [*versions.published] == ["1"]
    assert versions.of_template.provisioned == {"live": 2}


def test_an_alias_of_a_function_that_publishes_nothing(loaded):
    plan = Plan().add(FUNCTION, function_name="f", publish=False)
    written = {**NAMED, "function_version": refers(f"{FUNCTION}.version")}
    plan.add(ALIAS, written, name="live", function_name=..., function_version=...)
    assert versions_of(loaded(plan)).aliases["live"].version == "$LATEST"


def test_settings_of_asynchronous_invocations(loaded):
    sent = [{"on_failure": [{"destination": QUEUE}]}]
    plan = function().add("aws_lambda_function_event_invoke_config.f", {**NAMED, "destination_config": sent},
        function_name=..., maximum_retry_attempts=0, maximum_event_age_in_seconds=60,
        destination_config=[{"on_failure": [{}]}])  # fmt: skip
    plan.changes[-1]["change"]["after_unknown"]["destination_config"] = [{"on_failure": [{"destination": True}]}]
    assert event_settings(loaded(plan), FUNCTION) == EventSettings(0, 60, on_failure=DLQ)


def test_settings_of_a_mapping(loaded):
    of = {"event_source_arn": refers("aws_kinesis_stream.s.arn"), "function_name": refers(f"{FUNCTION}.arn")}
    sent = [{"on_failure": [{"destination_arn": QUEUE}]}]
    plan = function().add("aws_kinesis_stream.s", name="s", shard_count=1)
    plan.add("aws_lambda_event_source_mapping.m", {**of, "destination_config": sent}, event_source_arn=...,
        function_name=..., batch_size=5, filter_criteria=[{"filter": [{"pattern": '{"a":[1]}'}]}],
        function_response_types=["ReportBatchItemFailures"], maximum_batching_window_in_seconds=1,
        bisect_batch_on_function_error=True, maximum_retry_attempts=3, maximum_record_age_in_seconds=60,
        parallelization_factor=2, tumbling_window_in_seconds=30, scaling_config=[{"maximum_concurrency": 4}],
        destination_config=[{"on_failure": [{}]}])  # fmt: skip
    plan.changes[-1]["change"]["after_unknown"]["destination_config"] = [{"on_failure": [{"destination_arn": True}]}]
    (found,) = event_source_mappings(loaded(plan))
    assert (found.filters, found.partial, found.window_seconds) == (('{"a":[1]}',), True, 1)
    assert (found.bisect, found.retry_attempts, found.record_age) == (True, 3, 60)
    assert (found.parallelization, found.tumbling_seconds, found.concurrency) == (2, 30, 4)
    assert found.on_failure == DLQ


def test_cors_of_a_url(loaded):
    cors = {"allow_origins": ["https://x.example"], "allow_methods": ["GET"], "max_age": 10, "allow_headers": None}
    plan = function().add("aws_lambda_function_url.u", NAMED, function_name=..., authorization_type="NONE", cors=[cors])
    (url,) = template_urls(loaded(plan))
    assert url.cors == Cors(("https://x.example",), ("GET",), max_age=10)


@pytest.mark.parametrize(
    ("wanted", "change", "public"),
    [
        ("NONE", {"actions": ["create"]}, True),
        ("NONE", {"actions": ["no-op"], "before": {"authorization_type": "NONE"}}, True),
        ("NONE", {"actions": ["delete", "create"], "before": {"authorization_type": "AWS_IAM"}}, True),
        ("NONE", {"actions": ["update"], "before": {"authorization_type": "AWS_IAM"}}, False),
        ("AWS_IAM", {"actions": ["create"]}, False),
    ],
)
def test_the_provider_opens_a_url_that_it_creates_without_authorization(loaded, wanted, change, public):
    plan = function().add("aws_lambda_function_url.u", NAMED, function_name=..., authorization_type=wanted)
    plan.changes[-1]["change"] |= change
    cloud = loaded(plan)
    assert is_public(cloud, cloud.template.resources["aws_lambda_function_url.u"]) is public
    assert len([*half_permissions(cloud, cloud.template.resources["aws_lambda_function_url.u"])]) == public


def test_the_url_of_a_state_is_open(tmp_path):
    plan = function().add("aws_lambda_function_url.u", NAMED, function_name="f", authorization_type="NONE")
    cloud = load([plan.write_state(tmp_path)])
    assert is_public(cloud, cloud.template.resources["aws_lambda_function_url.u"])


def test_a_queue_has_its_timeout(loaded):
    assert loaded(function()).template.resources["aws_sqs_queue.dlq"].properties["VisibilityTimeout"] == 60


@pytest.mark.parametrize("later", [{"environment": [{"variables": True}]}, {}])
@pytest.mark.parametrize("named", [["aws_secretsmanager_secret_version.s.secret_string"], ["local.environment"]])
def test_variables_that_are_all_known_later_are_unknown(tmp_path, named, later):
    """As those of `jsondecode(aws_secretsmanager_secret_version.s.secret_string)`."""
    plan = Plan().add("aws_secretsmanager_secret.s", name="s")
    secret = {"secret_id": refers("aws_secretsmanager_secret.s.id")}
    plan.add("aws_secretsmanager_secret_version.s", secret, secret_id=..., secret_string=...)
    written = {"environment": [{"variables": refers(*named)}]}
    plan.add("aws_lambda_function.f", written, function_name="f", environment=[{}])
    plan.changes[-1]["change"]["after_unknown"] |= later
    found = load([plan.write(tmp_path)]).template.resources["aws_lambda_function.f"].properties
    assert isinstance(found["Environment"]["Variables"], Unknown)


@pytest.mark.parametrize(
    ("values", "image", "named"),
    [
        ({"filename": "build/gone.zip"}, "", "`build/gone.zip`"),
        ({"s3_bucket": "b", "s3_key": "k.zip"}, "", "`s3://b/k.zip`"),
        ({"image_uri": "repo:1"}, "repo:1", "image"),
    ],
)
def test_the_code_of_a_function_is_where_the_plan_says(tmp_path, values, image, named):
    plan = Plan().add("aws_lambda_function.f", function_name="f", role="arn:aws:iam::1:role/f", **values)
    function = load([plan.write(tmp_path)]).compute.functions["aws_lambda_function.f"]
    assert function.image_uri == image
    assert named in function.code.why
