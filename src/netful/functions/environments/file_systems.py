"""File systems of a function: at a cold start Lambda mounts them through the function's own interface (newer-aws §8.8).

A connection to port 2049 of each mount target that the function's availability zones need is opened in the sandbox's network. A
refusal arrives there as well as an answer: nothing speaks NFS here, the folder behind the access point is mounted directly.
"""

import asyncio
from collections.abc import Callable
from ipaddress import IPv4Address
from pathlib import Path
from typing import Any

from netful.engine.files.mounts import PORT, Folder, folder_of, target_for
from netful.functions.code import file_folders
from netful.functions.invocations.attachment import Attachment
from netful.functions.invocations.invocation import InvokeRefused
from netful.model.cloud import Cloud
from netful.model.core import Unknown
from netful.model.functions.function import Function

_CONNECT_SECONDS = 3.0
_CONNECTIVITY = "The Lambda function couldn't make a network connection to the configured file system."
_FAILURE = "The Lambda function couldn't mount the configured file system due to a permission or configuration issue."


class FileSystems:
    """Mounts of the functions of a cloud. `home` has a folder for each file system."""

    def __init__(self, cloud: Callable[[], Cloud], home: Path) -> None:
        self._cloud = cloud
        self._home = home

    async def prepare(self, function: Function, attachment: Attachment) -> tuple[dict[str, Any], ...]:
        """Return what a sandbox mounts. Raise InvokeRefused where Lambda's mount fails."""
        found = []
        for mount in function.file_mounts:
            known = None if isinstance(mount.access_point, Unknown) else folder_of(self._cloud(), mount.access_point)
            if known is None:
                raise _refused("EFS", f"{_FAILURE} (`{mount.access_point}` is not loaded)")
            await asyncio.gather(*(self._reach(attachment, known, one) for one in self._targets(function, known)))
            path = await asyncio.to_thread(file_folders.made, self._home, known)
            if path is None:
                raise _refused(known.kind, _FAILURE)
            user = "" if known.user is None else f"{known.user[0]}:{known.user[1]}"
            found.append({"path": mount.path, "folder": path, "user": user})
        return tuple(found)

    def _targets(self, function: Function, folder: Folder) -> set[IPv4Address]:
        """Return the addresses of the mount targets in the zones of the function. Raise InvokeRefused if one has none."""
        if function.subnet_ids == ():
            raise _refused(folder.kind, f"{_FAILURE} (`{function.id}` is outside any VPC)")
        cloud, found = self._cloud(), set()
        for interface in cloud.network.interfaces_of(function.id):
            address = target_for(cloud, folder.file_system_id, interface)
            if address is None:
                raise _refused(folder.kind, _FAILURE)
            found.add(address)
        return found

    @staticmethod
    async def _reach(attachment: Attachment, folder: Folder, address: IPv4Address) -> None:
        client = await attachment.socket()
        try:
            async with asyncio.timeout(_CONNECT_SECONDS):
                await asyncio.get_running_loop().sock_connect(client, (str(address), PORT))
        except ConnectionRefusedError:
            return
        except OSError as error:  # the time is over, too
            raise InvokeRefused(408, f"{folder.kind}MountConnectivityException", _CONNECTIVITY) from error
        finally:
            client.close()


def _refused(kind: str, message: str) -> InvokeRefused:
    return InvokeRefused(403, f"{kind}MountFailureException", message)
