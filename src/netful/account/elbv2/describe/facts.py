"""Facts of the service that no account changes: limits, and predefined security policies."""

from collections.abc import Mapping
from typing import Any

LIMITS = [
    {"Name": name, "Max": str(most)}
    for name, most in {
        "target-groups": 3000,
        "targets-per-application-load-balancer": 1000,
        "listeners-per-application-load-balancer": 50,
        "rules-per-application-load-balancer": 100,
        "network-load-balancers": 50,
        "targets-per-network-load-balancer": 3000,
        "targets-per-availability-zone-per-network-load-balancer": 500,
        "listeners-per-network-load-balancer": 50,
        "condition-values-per-alb-rule": 5,
        "condition-wildcards-per-alb-rule": 6,
        "target-groups-per-action-on-application-load-balancer": 5,
        "target-groups-per-action-on-network-load-balancer": 1,
        "certificates-per-application-load-balancer": 25,
        "certificates-per-network-load-balancer": 25,
        "targets-per-target-group": 1000,
        "target-id-registrations-per-application-load-balancer": 1000,
        "application-load-balancers": 50,
    }.items()
]
"""AWS's default quotas."""

_OF_TLS13 = ("TLS_AES_128_GCM_SHA256", "TLS_AES_256_GCM_SHA384", "TLS_CHACHA20_POLY1305_SHA256")
_GCM = (
    "ECDHE-ECDSA-AES128-GCM-SHA256",
    "ECDHE-RSA-AES128-GCM-SHA256",
    "ECDHE-ECDSA-AES256-GCM-SHA384",
    "ECDHE-RSA-AES256-GCM-SHA384",
)
_CBC = ("ECDHE-ECDSA-AES128-SHA256", "ECDHE-RSA-AES128-SHA256", "ECDHE-ECDSA-AES256-SHA384", "ECDHE-RSA-AES256-SHA384")
_SHA1 = ("ECDHE-ECDSA-AES128-SHA", "ECDHE-RSA-AES128-SHA", "ECDHE-RSA-AES256-SHA", "ECDHE-ECDSA-AES256-SHA")
_RSA = ("AES128-GCM-SHA256", "AES128-SHA256", "AES128-SHA", "AES256-GCM-SHA384", "AES256-SHA256", "AES256-SHA")
_OLD, _TLS12, _TLS13 = ("TLSv1", "TLSv1.1", "TLSv1.2"), ("TLSv1.2",), ("TLSv1.2", "TLSv1.3")

POLICIES: Mapping[str, tuple[tuple[str, ...], tuple[str, ...]]] = {
    "ELBSecurityPolicy-2016-08": (_OLD, (*_GCM, *_CBC, *_SHA1, *_RSA)),
    "ELBSecurityPolicy-TLS-1-1-2017-01": (_OLD[1:], (*_GCM, *_CBC, *_SHA1, *_RSA)),
    "ELBSecurityPolicy-TLS-1-2-2017-01": (_TLS12, (*_GCM, *_CBC, *(one for one in _RSA if not one.endswith("SHA")))),
    "ELBSecurityPolicy-TLS-1-2-Ext-2018-06": (_TLS12, (*_GCM, *_CBC, *_SHA1, *_RSA)),
    "ELBSecurityPolicy-FS-2018-06": (_OLD, (*_GCM, *_CBC, *_SHA1)),
    "ELBSecurityPolicy-FS-1-1-2019-08": (_OLD[1:], (*_GCM, *_CBC, *_SHA1)),
    "ELBSecurityPolicy-FS-1-2-2019-08": (_TLS12, (*_GCM, *_CBC, *_SHA1)),
    "ELBSecurityPolicy-FS-1-2-Res-2019-08": (_TLS12, (*_GCM, *_CBC)),
    "ELBSecurityPolicy-FS-1-2-Res-2020-10": (_TLS12, _GCM),
    "ELBSecurityPolicy-TLS13-1-3-2021-06": (("TLSv1.3",), _OF_TLS13),
    "ELBSecurityPolicy-TLS13-1-2-2021-06": (_TLS13, (*_OF_TLS13, *_GCM, *_CBC)),
    "ELBSecurityPolicy-TLS13-1-2-Res-2021-06": (_TLS13, (*_OF_TLS13, *_GCM)),
    "ELBSecurityPolicy-TLS13-1-2-Ext1-2021-06": (
        _TLS13,
        (*_OF_TLS13, *_GCM, *_CBC, *(one for one in _RSA if not one.endswith("SHA"))),
    ),
    "ELBSecurityPolicy-TLS13-1-2-Ext2-2021-06": (_TLS13, (*_OF_TLS13, *_GCM, *_CBC, *_SHA1, *_RSA)),
}
"""Predefined security policies: the protocols and the ciphers of each."""


def policy(name: str) -> dict[str, Any]:
    """Return a security policy as the API describes it."""
    protocols, ciphers = POLICIES[name]
    return {
        "Name": name,
        "SslProtocols": [*protocols],
        "Ciphers": [{"Name": one, "Priority": number} for number, one in enumerate(ciphers, 1)],
        "SupportedLoadBalancerTypes": ["application", "network"],
    }
