"""Client certificates at listeners, from templates and described accounts."""

import json

import pytest

from netful.model.balancing.mutual_authentication import OFF, Mode, MutualAuthentication
from netful.sources import load

TEMPLATE = """
Parameters: {{Whatever: {{Type: String}}}}
Resources:
  Clients:
    Type: AWS::ElasticLoadBalancingV2::TrustStore
    Properties: {{Name: clients, CaCertificatesBundleS3Bucket: stores, CaCertificatesBundleS3Key: c.pem}}
  Listener:
    Type: AWS::ElasticLoadBalancingV2::Listener
    Properties: {{LoadBalancerArn: lb, Port: 443, Protocol: HTTPS, DefaultActions: [], MutualAuthentication: {{{written}}}}}
"""


@pytest.mark.parametrize(
    ("written", "read"),
    [
        ("Mode: 'off'", OFF),
        ("Mode: passthrough", MutualAuthentication(Mode.PASSTHROUGH)),
        ("Mode: verify, TrustStoreArn: !Ref Clients, AdvertiseTrustStoreCaNames: 'on', IgnoreClientCertificateExpiry: true",
         MutualAuthentication(Mode.VERIFY, "Clients", ignores_expiry=True, advertises=True)),
        ("Mode: verify, TrustStoreArn: !GetAtt Clients.TrustStoreArn", MutualAuthentication(Mode.VERIFY, "Clients")),
    ],
)  # fmt: skip
def test_template(cloud_of, written, read):
    cloud = cloud_of(TEMPLATE.format(written=written))
    assert cloud.balancing.listeners["Listener"].mutual_authentication == read
    assert (cloud.balancing.trust_stores["Clients"].bucket, cloud.balancing.trust_stores["Clients"].key) == (
        "stores",
        "c.pem",
    )


def test_described(tmp_path):
    balancer = "arn:aws:elasticloadbalancing:us-east-1:123456789012:loadbalancer/app/web/1"
    store = "arn:aws:elasticloadbalancing:us-east-1:123456789012:truststore/clients/2"
    listener = {"ListenerArn": f"{balancer.replace(':loadbalancer', ':listener')}/3", "LoadBalancerArn": balancer, "Port": 443,
                "Protocol": "HTTPS", "DefaultActions": [], "MutualAuthentication": {"Mode": "verify", "TrustStoreArn": store}}  # fmt: skip
    for name, content in (
        ("l", {"Listeners": [listener]}),
        ("t", {"TrustStores": [{"Name": "clients", "TrustStoreArn": store}]}),
    ):
        (tmp_path / f"{name}.json").write_text(json.dumps(content))
    cloud = load([tmp_path])
    assert cloud.balancing.listeners["web/443"].mutual_authentication == MutualAuthentication(Mode.VERIFY, "clients")
    assert "clients" in cloud.balancing.trust_stores
