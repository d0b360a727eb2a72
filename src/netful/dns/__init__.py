"""VPC resolver: DNS on sockets that the caller opens, answered from the clients' views of names.

Rules of this package:
1. A client's view alone decides the answer to a name (`netful.engine.names.resolution`); this package only encodes it.
2. A malformed packet never raises. It gets an error code, or is dropped if it could be a response.
3. Status TIMEOUT means no response, so that the client waits as it does on AWS.
"""

from netful.dns.responder import View, ViewOf
from netful.dns.server import Resolver, serve

__all__ = ["Resolver", "View", "ViewOf", "serve"]
