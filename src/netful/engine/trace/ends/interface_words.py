"""Interfaces that a word of the command line means: one interface, those of a resource, or those in a subnet or a VPC."""

from netful.engine.trace.ends.source_words import close
from netful.model.cloud import Cloud
from netful.model.core import QuestionError
from netful.model.network.network_interface import NetworkInterface

_FORMS = "an interface, a function or another resource with interfaces, a subnet or a VPC"


def interfaces_named(cloud: Cloud, word: str) -> tuple[NetworkInterface, ...]:
    """Return the interfaces. Raises QuestionError if there are none."""
    network, named = cloud.network, cloud.named(word)
    every = tuple(network.network_interfaces.values())
    if named in network.network_interfaces:
        return (network.network_interfaces[named],)
    if named in network.subnets:
        found = tuple(eni for eni in every if eni.subnet_id == named)
    elif named in network.vpcs:
        found = tuple(eni for eni in every if (vpc := network.vpc_of_interface(eni)) is not None and vpc.id == named)
    else:
        found = network.interfaces_of(named)
    if found:
        return found
    if named in network.subnets or named in network.vpcs or named in cloud.template.resources:
        raise QuestionError(f"`{word}` has no interface", hint=f"name {_FORMS}")
    raise QuestionError(
        f"`{word}` is not in the network", hint=close(cloud, word, _FORMS, (*network.subnets, *network.vpcs))
    )
