"""Mount of a function: an access point of EFS or S3 Files at a folder below /mnt (spec: newer-aws §8.8)."""

from netful.model.core.origin import Placed
from netful.model.core.unknown import Maybe


class FileMount(Placed):
    """A mount: the access point by its ARN or id, and the folder in the function."""

    access_point: Maybe[str]
    path: str
