"""Names on the certificates of a secure listener; the stack's authority signs them.

A certificate of the template has the names that the template gives it. A certificate that is known only by its ARN is assumed
to have the names that lead to the load balancer and the hosts in its rules.
"""

from collections.abc import Iterator

from netful.model.balancing.load_balancers import Listener, LoadBalancer
from netful.model.cloud import Cloud
from netful.model.core import Unknown, known_in

_CERTIFICATE = "AWS::CertificateManager::Certificate"
_LONGEST_NAME = 253


def names(cloud: Cloud, balancer: LoadBalancer, listener: Listener) -> list[tuple[str, ...]]:
    """Return the names of each certificate, the default certificate first."""
    found = [_of_certificate(cloud, arn) or _leading_to(cloud, balancer, listener) for arn in listener.certificates]
    return found or [_leading_to(cloud, balancer, listener)]


def _of_certificate(cloud: Cloud, arn: str | Unknown) -> tuple[str, ...]:
    resource = known_in(cloud.template.resources, arn)
    if resource is None or resource.type != _CERTIFICATE:
        return ()
    written = (resource.properties.get("DomainName"), *_list(resource.properties.get("SubjectAlternativeNames")))
    return tuple(dict.fromkeys(name.lower() for name in written if isinstance(name, str) and name))


def _list(value: object) -> tuple[object, ...]:
    return tuple(value) if isinstance(value, list | tuple) else ()


def _leading_to(cloud: Cloud, balancer: LoadBalancer, listener: Listener) -> tuple[str, ...]:
    every = (*_aliases(cloud, balancer), *_hosts(cloud, listener), balancer.dns_name)
    return tuple(dict.fromkeys(name.lower() for name in every if 0 < len(name) <= _LONGEST_NAME))


def _aliases(cloud: Cloud, balancer: LoadBalancer) -> Iterator[str]:
    for zone in cloud.names.hosted_zones.values():
        for record in zone.records:
            led_to = (record.alias, *(record.values if record.type == "CNAME" else ()))
            named = (value.lower().rstrip(".") for value in led_to if isinstance(value, str))
            if any(value.endswith(balancer.dns_name.lower()) for value in named):
                yield record.name


def _hosts(cloud: Cloud, listener: Listener) -> Iterator[str]:
    """Return the hosts in the rules that a certificate can contain: full names and `*.domain`."""
    for rule in cloud.balancing.rules_of(listener.id):
        for condition in rule.conditions:
            for value in condition.values if condition.field == "host-header" else ():
                if isinstance(value, str) and not set("*?") & set(value.removeprefix("*.")):
                    yield value
