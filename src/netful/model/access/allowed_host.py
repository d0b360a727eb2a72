"""A further name by which clients call the local endpoint, such as that of a container."""

from netful.model.core import Identified


class AllowedHost(Identified):
    """A host name without a port, in lower case. It is not the user's own until they agreed, if a project declares it."""
