"""Attachments of a cloud: servers of the user's own in place of hosts, and the ports where they answer."""

from collections.abc import Iterator

from netful.engine.trace.ends.default_ports import default_port
from netful.model.cloud import Cloud
from netful.model.functions.programs import Attachment


def attached_to(cloud: Cloud, host: str) -> Iterator[Attachment]:
    """Yield the servers that are attached to a host."""
    return (one for one in cloud.compute.attachments.values() if one.resource == host)


def port_of(cloud: Cloud, attached: Attachment) -> int:
    """Return the port of the resource at which a server answers: that of its engine or type, if none is written."""
    return attached.port or default_port(cloud, attached.resource, attached.far_port)
