"""Databases and caches of a plan run with the users, passwords and parameters that it gives them."""

import pytest

from netful.hosts.engines.rds import master_of, max_connections
from netful.model.core import Unknown
from netful.sources import load
from tests.helpers.terraform_plans import Plan, refers


@pytest.fixture
def resources(tmp_path):
    return lambda plan: load([plan.write(tmp_path)]).template.resources


def test_a_database_has_its_master_user_and_its_parameters(tmp_path):
    plan = Plan().add("aws_db_parameter_group.p", name="p", parameter=[{"name": "max_connections", "value": "45"}])
    plan.add(
        "aws_db_instance.db", {"parameter_group_name": refers("aws_db_parameter_group.p.name")},
        engine="postgres", username="app", password="a-long-password", db_name="orders", parameter_group_name="p",
    )  # fmt: skip
    cloud = load([plan.write(tmp_path)])
    database = cloud.template.resources["aws_db_instance.db"]
    master = master_of(cloud, database)
    assert (master.user, master.password, master.database) == ("app", "a-long-password", "orders")
    assert max_connections(cloud, database) == 45


def test_all_that_refer_to_a_random_password_have_the_same(resources):
    plan = Plan().add("random_password.db", length=20, special=True, override_special="!#")
    plan.add("aws_db_instance.db", {"password": refers("random_password.db.result")}, engine="postgres", password=...)
    plan.add("aws_elasticache_replication_group.c", {"auth_token": refers("random_password.db.result")}, auth_token=...)
    found = resources(plan)
    asked = found["random_password.db"].properties["GenerateSecretString"]
    assert asked["PasswordLength"] == 20
    assert "!" not in asked["ExcludeCharacters"]
    assert "?" in asked["ExcludeCharacters"]
    password = found["aws_db_instance.db"].properties["MasterUserPassword"]
    assert password == found["aws_elasticache_replication_group.c"].properties["AuthToken"]
    assert password.reference.startswith("{{resolve:secretsmanager:arn:aws:secretsmanager:")


def test_the_value_of_a_secret_is_that_of_its_version(resources):
    plan = (
        Plan().add("aws_secretsmanager_secret.known", name="known").add("aws_secretsmanager_secret.later", name="later")
    )
    plan.add("random_password.db", length=20)
    for name, value in (("known", '{"password": "x"}'), ("later", ...)):
        written = {"secret_id": refers(f"aws_secretsmanager_secret.{name}.id")}
        plan.add(
            f"aws_secretsmanager_secret_version.{name}", {**written, "secret_string": refers("random_password.db.result")},
            secret_id=..., secret_string=value,
        )  # fmt: skip
    found = resources(plan)
    assert found["aws_secretsmanager_secret.known"].properties["SecretString"] == '{"password": "x"}'
    assert isinstance(found["aws_secretsmanager_secret.later"].properties["SecretString"], Unknown)


def test_endpoints_and_ports_of_caches_and_proxies(resources):
    names = (
        "aws_elasticache_cluster.c.cache_nodes[0].address",
        "aws_elasticache_cluster.c.cache_nodes[0].port",
        "aws_db_proxy.p.endpoint",
    )
    plan = Plan().add("aws_elasticache_cluster.c", cluster_id="c", engine="redis", num_cache_nodes=1)
    plan.add(
        "aws_db_proxy.p", {"auth": [{"secret_arn": refers("aws_secretsmanager_secret.s.arn")}]},
        name="p", engine_family="POSTGRESQL", auth=[{"auth_scheme": "SECRETS", "iam_auth": "REQUIRED"}],
    )  # fmt: skip
    plan.changes[-1]["change"]["after_unknown"]["auth"] = [{"secret_arn": True}]
    plan.add("aws_secretsmanager_secret.s", name="s")
    for number, name in enumerate(names):
        plan.add(f"aws_ssm_parameter.p{number}", {"value": refers(name)}, name=f"p{number}", type="String", value=...)
    found = resources(plan)
    values = [found[f"aws_ssm_parameter.p{number}"].properties["Value"] for number in range(3)]
    assert values[0] == "c.netful.cache.amazonaws.com"
    assert isinstance(values[1], Unknown)
    assert values[2] == "p.proxy-netful.eu-west-1.rds.amazonaws.com"
    (auth,) = found["aws_db_proxy.p"].properties["Auth"]
    assert auth["SecretArn"].startswith("arn:aws:secretsmanager:")


@pytest.mark.parametrize("argument", ["db_instance_identifier", "db_cluster_identifier"])
def test_the_database_of_a_proxy_by_an_identifier_that_is_written_down(resources, argument):
    plan = Plan().add("aws_db_proxy.p", name="p", engine_family="MYSQL")
    plan.add("aws_db_proxy_target.p", {}, db_proxy_name="p", **{argument: "orders"})
    target = resources(plan)["aws_db_proxy_target.p"].properties
    name = "DBInstanceIdentifiers" if argument == "db_instance_identifier" else "DBClusterIdentifiers"
    assert target[name] == ["orders"]


@pytest.mark.parametrize(("later", "host"), [(("HOST",), True), (("HOST", "PORT"), False)])
def test_variables_of_a_function_are_known_one_by_one(resources, later, host):
    """A plan does not show which of several variables has which reference."""
    references = (
        refers("aws_db_instance.db.address")
        if host
        else refers("aws_db_instance.db.address", "aws_db_instance.db.port")
    )
    plan = Plan().add("aws_db_instance.db", identifier="db", engine="postgres")
    known = [{"variables": {"LEVEL": "info"}}]
    plan.add(
        "aws_lambda_function.f", {"environment": [{"variables": references}]}, function_name="f", environment=known
    )
    plan.changes[-1]["change"]["after_unknown"]["environment"] = [{"variables": dict.fromkeys(later, True)}]
    variables = resources(plan)["aws_lambda_function.f"].properties["Environment"]["Variables"]
    assert variables["LEVEL"] == "info"
    expected = "db.netful.eu-west-1.rds.amazonaws.com"
    assert {
        name: isinstance(value, Unknown) or value for name, value in variables.items() if name in later
    } == dict.fromkeys(later, expected if host else True)
