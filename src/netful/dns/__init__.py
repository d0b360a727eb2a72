"""The VPC resolver: DNS on sockets that are handed in, answered from a view of names.

Rules of this package:
1. What a name gives is decided by the view alone (`netful.engine.names.resolution`); here it is only put on the wire.
2. A malformed packet never raises: it is answered with an error code, or dropped where it could be a reply.
3. Status TIMEOUT is no answer at all, so that the client waits as it would in AWS.
"""

from netful.dns.server import Resolver, serve

__all__ = ["Resolver", "serve"]
