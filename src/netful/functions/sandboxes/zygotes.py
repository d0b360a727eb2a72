"""Zygotes of a stack: a small one, and one with boto3 loaded for the functions that use it.

Each starts at the first need (or ahead, by `warm_up`), and again if it has ended. A zygote mounts the packages that exist when the
stack starts, and the folders of later ones and of images.
"""

import asyncio
import contextlib
from collections.abc import Iterable, Mapping
from pathlib import Path

from netful.functions.code.package import Package
from netful.functions.inside.image_root import IMAGES, TOP
from netful.functions.inside.root import FILES
from netful.functions.sandboxes.zygote import Zygote
from netful.images import overlay, store
from netful.model.core import StackError

UPLOADS = ".uploads"
"""Folder of the packages that are made while zygotes run."""


class Zygotes:
    """Zygotes by package: one of the given packages, or one in the folder of uploads."""

    def __init__(
        self, state: Path, packages: Mapping[str, Package], ca_bundle: Path, java_trust: Path | None, files: Path
    ) -> None:
        self._state = state
        uploads = state / UPLOADS
        uploads.mkdir(parents=True, exist_ok=True)
        self._folders = {package.name: package.folder for package in packages.values() if package.image is None}
        self._folders[uploads.name] = uploads
        with contextlib.suppress(OSError, StackError):  # a cache that cannot be written has no images
            store.home().mkdir(parents=True, exist_ok=True)
            self._folders |= {IMAGES: store.home(), TOP: overlay.make_top(state / TOP, ca_bundle)}
        files.mkdir(parents=True, exist_ok=True)
        self._folders[FILES] = files
        self._clients = tuple(dict.fromkeys(name for package in packages.values() for name in package.clients))
        self._ca_bundle = ca_bundle
        self._java_trust = java_trust
        self._running: dict[bool, Zygote] = {}
        self._locks = {False: asyncio.Lock(), True: asyncio.Lock()}

    async def warm_up(self, packages: Iterable[Package]) -> None:
        """Start the zygotes that these packages need."""
        await asyncio.gather(*(self._get(with_boto3) for with_boto3 in {bool(p.clients) for p in packages}))

    async def suitable(self, package: Package) -> Zygote:
        """Return the zygote for a package's sandboxes."""
        self._clients = self._clients or package.clients  # code that uses boto3 came later
        return await self._get(bool(package.clients))

    async def unused(self) -> None:
        """Wait until no environment has a sandbox of theirs any more."""
        await asyncio.gather(*(zygote.unused.wait() for zygote in self._running.values()))

    async def close(self) -> None:
        """End all zygotes and sandboxes."""
        await asyncio.gather(*(zygote.close() for zygote in self._running.values()))

    async def _get(self, with_boto3: bool) -> Zygote:  # noqa: FBT001  # a key of two
        running = self._running.get(with_boto3)
        if running is not None and not running.ended.is_set():
            return running
        async with self._locks[with_boto3]:
            running = self._running.get(with_boto3)
            if running is None or running.ended.is_set():
                running = await self._start(with_boto3)
                self._running[with_boto3] = running
            return running

    async def _start(self, with_boto3: bool) -> Zygote:  # noqa: FBT001  # same
        return await Zygote.start(
            root=self._state / ("root-boto3" if with_boto3 else "root"),
            packages=self._folders,
            clients=self._clients if with_boto3 else (),
            ca_bundle=self._ca_bundle,
            java_trust=self._java_trust,
        )
