import pytest

from netful.engine.trace.ends.default_ports import default_port
from netful.engine.trace.question import parse
from netful.model.cloud import Cloud
from netful.model.core import Resource
from tests.helpers import small_clouds

EVERY = {"Sasl": {"Iam": {"Enabled": True}, "Scram": {"Enabled": True}}, "Tls": {"Enabled": True}}


@pytest.mark.parametrize(
    ("properties", "port"),
    [
        ({}, 9094),
        ({"EncryptionInfo": {"EncryptionInTransit": {"ClientBroker": "PLAINTEXT"}}}, 9092),
        ({"EncryptionInfo": {"EncryptionInTransit": {"ClientBroker": "TLS_PLAINTEXT"}}}, 9094),
        ({"ClientAuthentication": {"Sasl": {"Iam": {"Enabled": True}}}}, 9098),
        ({"ClientAuthentication": {"Sasl": {"Scram": {"Enabled": "true"}, "Iam": {"Enabled": False}}}}, 9096),
    ],
)
def test_brokers_listen_by_how_clients_are_let_in(properties, port):
    kafka = Resource("Kafka", "AWS::MSK::Cluster", properties)
    assert default_port(Cloud.of(resources={"Kafka": kafka}), "Kafka", 443) == port


@pytest.mark.parametrize(
    ("type_", "properties", "admitted", "port"),
    [
        ("AWS::Neptune::DBCluster", {"DBPort": 9182}, None, 9182),
        ("AWS::DAX::Cluster", {}, None, 8111),
        ("AWS::DAX::Cluster", {"ClusterEndpointEncryptionType": "TLS"}, None, 9111),
        ("AWS::AmazonMQ::Broker", {"EngineType": "RABBITMQ"}, 61617, 5671),
        ("AWS::AmazonMQ::Broker", {"EngineType": "ACTIVEMQ"}, None, 61617),
        ("AWS::AmazonMQ::Broker", {"EngineType": "ACTIVEMQ"}, 5671, 5671),
        ("AWS::AmazonMQ::Broker", {"EngineType": "ACTIVEMQ"}, 80, 61617),
        ("AWS::MSK::Cluster", {"ClientAuthentication": EVERY}, None, 9098),
        ("AWS::MSK::Cluster", {"ClientAuthentication": EVERY}, 9096, 9096),
        ("AWS::MSK::Cluster", {"ClientAuthentication": EVERY}, 9094, 9094),
        ("AWS::MSK::Cluster", {"ClientAuthentication": EVERY}, 9092, 9098),
    ],
)
def test_of_several_ports_the_one_that_groups_admit_is_meant(type_, properties, admitted, port):
    made = small_clouds.cloud(
        small_clouds.group("Sg", ingress=(small_clouds.rule(6, admitted),) if admitted else ()),
        small_clouds.eni("eni-Server"),
    )
    resources = {"Server": Resource("Server", type_, properties)}
    assert default_port(made.having(resources=resources), "Server", 443) == port


@pytest.mark.parametrize(("protocol", "port"), [(6, 5671), (17, 61617), (1, 61617)])
def test_rules_of_other_protocols_admit_no_port(protocol, port):
    group = small_clouds.group("Sg", ingress=(small_clouds.rule(protocol, 5671),))
    broker = Resource("Server", "AWS::AmazonMQ::Broker", {"EngineType": "ACTIVEMQ"})
    made = small_clouds.cloud(group, small_clouds.eni("eni-Server")).having(resources={"Server": broker})
    assert default_port(made, "Server", 443) == port


@pytest.mark.parametrize(("asked", "noted"), [(61617, False), (5671, False), (80, True)])
def test_a_port_of_another_protocol_of_a_broker_is_no_assumption(asked, noted):
    made = small_clouds.cloud(small_clouds.group("Sg"), small_clouds.eni("eni-Server"), small_clouds.eni("eni-client"))
    broker = Resource("Server", "AWS::AmazonMQ::Broker", {"EngineType": "ACTIVEMQ"})
    question = parse(made.having(resources={"Server": broker}), "client", f"Server:tcp/{asked}")
    assert any("listens" in note for note in question.assumptions) is noted
