"""EFS's API: a mount target has an interface in the network before its call is answered."""

from functools import partial

from netful.account.creation_times import CreationTimes
from netful.account.efs import access_points, file_systems, mount_targets
from netful.account.operations.rest_json_api import RestJsonApi
from netful.account.records.view import View
from netful.account.writing import Running, operations

SERVICE = "efs"
_NOUNS = (file_systems, mount_targets, access_points)


class EfsApi:
    """The operations."""

    def __init__(self, running: Running) -> None:
        view = partial(View, created=CreationTimes())
        looking = {name: look for noun in _NOUNS for name, look in noun.LOOKS.items()}
        writes = {name: write for noun in _NOUNS for name, write in noun.WRITES.items()}
        self.operations = operations(running, view, looking, writes, "BadRequest", "AccessPointAlreadyExists")
        self.handle = RestJsonApi(SERVICE, self.operations, "BadRequest").handle
