import pytest

from netful.engine.trace.ends.default_ports import default_port
from netful.model.cloud import Cloud
from netful.model.core import Resource


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
