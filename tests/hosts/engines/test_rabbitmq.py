"""What RabbitMQ has of a broker of the template."""

import json
from pathlib import Path

import pytest

from netful.hosts.engines import rabbitmq
from netful.hosts.engines.engine import Engine, Installed, engine_of
from netful.hosts.engines.settings import Missing
from netful.sources import load
from tests.helpers.places import TEMPLATES

PROGRAM = Installed(4, Path("/usr/lib/rabbitmq/lib/rabbitmq_server-4.0.5/sbin/rabbitmq-server"))
TEMPLATE = TEMPLATES / "broker/template.yaml"


def of(tmp_path, *changes):
    text = TEMPLATE.read_text()
    for old, new in changes:
        text = text.replace(old, new)
    (tmp_path / "template.yaml").write_text(text)
    cloud = load([tmp_path / "template.yaml"], region="us-east-1")
    return cloud, cloud.template.resources["Broker"]


KNOWN = (('!Sub "{{resolve:secretsmanager:${Secret}:SecretString:username}}"', "orders"),
         ('!Sub "{{resolve:secretsmanager:${Secret}:SecretString:password}}"', "a-password-of-12"))  # fmt: skip


def test_the_users_of_the_template(tmp_path):
    cloud, broker = of(tmp_path, *KNOWN)
    made = rabbitmq.server(cloud, broker, PROGRAM)
    (user,) = json.loads(made.files["definitions.json"])["users"]
    assert (user["name"], user["tags"]) == ("orders", ["administrator"])
    assert "a-password-of-12" not in made.files["definitions.json"]
    assert made == rabbitmq.server(cloud, broker, PROGRAM)  # or each change of a stack would start it again
    assert made.certificate_names == ("broker.netful.mq.us-east-1.amazonaws.com",)
    assert cloud.compute.functions["Ask"].environment["BROKER"] == f"amqps://{made.certificate_names[0]}:5671"


def test_another_version_is_told(tmp_path):
    assert rabbitmq.server(*of(tmp_path, *KNOWN), PROGRAM).warning == ""
    older = rabbitmq.server(*of(tmp_path, *KNOWN, ('"4.0"', '"3.13"')), PROGRAM)
    assert older.warning == "RabbitMQ 4 runs, the template has 3"


def test_a_password_that_is_not_known(tmp_path):
    with pytest.raises(Missing):
        rabbitmq.server(*of(tmp_path), PROGRAM)


@pytest.mark.parametrize(("engine", "ours"), [("RABBITMQ", Engine.RABBITMQ), ("ACTIVEMQ", None)])
def test_only_rabbitmq_is_run(tmp_path, engine, ours):
    _, broker = of(tmp_path, ("RABBITMQ", engine))
    assert engine_of(broker) is ours
