"""Mount of a function: an access point of EFS or S3 Files at a folder below /mnt (spec: newer-aws §8.8)."""

from netful.model.core import Maybe, Placed


class FileMount(Placed):
    """A mount: the access point by its ARN or id, and the folder in the function."""

    access_point: Maybe[str]
    path: str
