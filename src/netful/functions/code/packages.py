"""Packages of a stack's functions: of the template's code, of uploads, and of code on disk that the user edits."""

import asyncio
import contextlib
import shutil
from collections.abc import Iterable
from itertools import count
from pathlib import Path

from netful.functions.code import image_package, package, uploads
from netful.functions.code.layers import Layers
from netful.functions.code.package import Package
from netful.functions.code.source_watch import SourceWatch, inode
from netful.model.core import StackError, Unknown, file_name
from netful.model.functions.function import Code, Function


class Packages:
    """Makes packages in threads, since that reads and writes files.

    `later` is the folder of packages that are made while zygotes run, `uploads` that of uploaded zip files.
    """

    def __init__(self, state: Path, later: Path, uploads: Path) -> None:
        self._state = state
        self._later = later
        self._uploads = uploads
        self._numbers = count(1)
        self._watches: dict[str, SourceWatch] = {}
        self._layers: dict[str, SourceWatch] = {}
        self._merged: dict[tuple[str, ...], tuple[tuple[str, ...], Path]] = {}
        self._merging = asyncio.Lock()
        self._unread: set[str] = set()
        self._mounted: dict[str, int] = {}

    async def prepare(self, function: Function, layers: Layers) -> Package:
        """Return the package of the template's code. Raises StackError where it cannot run."""
        if function.package_type == "Image":
            return await asyncio.to_thread(image_package.prepare, function)
        if isinstance(function.handler, Unknown):
            what, why = f"the handler of `{function.id}` is not known", str(function.handler)
            raise StackError(what, origin=function.origin, why=why)
        name = file_name(function.id)
        bare = await self._layered(Package(name, self._state / "packages" / name, ()), layers)
        return await asyncio.to_thread(package.prepare, function, bare)

    def watch(self, function: Function, layers: Layers) -> None:
        """Watch the folder of a function's code, or the file of its image, and its layers."""
        image, local = function.image, function.code.local_path
        if image is not None and not image.build:
            self._watches[function.id] = SourceWatch(image_package.index_of(Path(image.path)))
        elif image is None and local and Path(local).is_dir():
            self._watches[function.id] = SourceWatch(Path(local))
            self._mounted[function.id] = inode(Path(local))
        if image is None and (paths := [Path(one.local_path) for one in layers.contents if one.local_path]):
            self._layers[function.id] = SourceWatch(*paths)

    def edited(self, function_id: str, *, surely: bool = False) -> bool:
        """Return whether the user has edited a function's code or layers since the last call; `surely`: also just now."""
        code, layers = self._watches.get(function_id), self._layers.get(function_id)
        if layers is not None and layers.changed(surely=surely):
            self._unread.add(function_id)
        return function_id in self._unread or (code is not None and code.changed(surely=surely))

    async def reread(self, function: Function, code: Package, layers: Layers) -> Package:
        """Return a package after its code or layers have changed; the same one while an image is being written.

        Raises StackError where they cannot be read, as while they are being written.
        """
        if code.image is not None:
            with contextlib.suppress(StackError):
                return await asyncio.to_thread(image_package.prepare, function)
            return code
        layers_too = function.id in self._unread
        self._unread.discard(function.id)
        try:
            if layers_too:
                code = await self._layered(code, layers)
            local = function.code.local_path
            if local and function.id in self._watches and self._is_copied(function.id, code, Path(local)):
                made = self._place(function.id)
                code = await asyncio.to_thread(package.copied, function, code, Path(local), made)
            return await asyncio.to_thread(package.looked_at_again, function, code)
        except (StackError, OSError) as problem:
            self._unread.add(function.id)  # the next invocation tries again
            if isinstance(problem, StackError):
                raise
            what = f"the code or a layer of `{function.id}` cannot be read"
            raise StackError(what, origin=function.origin, why=str(problem)) from problem

    async def discard(self, gone: Package, kept: Iterable[Package | None]) -> None:
        """Delete the folders that were made for a package, except those that others have too."""
        used = {folder for one in kept if one is not None for folder in (one.folder, one.layers)}
        used |= {folder for _, folder in self._merged.values()}
        for folder in {gone.folder, gone.layers} - used:
            if folder is not None and folder.is_relative_to(self._later):
                await asyncio.to_thread(shutil.rmtree, folder, ignore_errors=True)

    async def create(self, function: Function, layers: Layers, content: bytes) -> Package:
        """Return the package of a zip file for a new function. Raises StackError where it is not a zip file."""
        made = self._place(function.id)
        bare = await self._layered(Package(file_name(function.id), made, ()), layers)
        return await asyncio.to_thread(package.prepare_upload, function, bare, content, made)

    async def upload(self, function: Function, before: Package, content: bytes) -> Package:
        """Return the package of a zip file, which replaces another. Raises StackError where it is not a zip file."""
        made = self._place(function.id)
        fresh = await asyncio.to_thread(package.prepare_upload, function, before, content, made)
        self._watches.pop(function.id, None)
        return fresh

    async def repack(self, function: Function, code: Package, layers: Layers) -> Package:
        """Return a package for other layers, another runtime or settings of an image. Raises StackError where that does not run it."""
        if function.package_type == "Image":
            return await self.prepare(function, layers)
        fresh = await self._layered(code, layers)
        return await asyncio.to_thread(package.rerun, function, fresh)

    async def _layered(self, code: Package, layers: Layers) -> Package:
        opt = await self._merge(code.name, layers.contents) if layers.contents else None
        return await asyncio.to_thread(package.layered, code, layers, opt)

    async def _merge(self, name: str, contents: list[Code]) -> Path:
        """Return the folder of these layers, which all functions with the same ones share while the layers stay as they are."""
        paths = tuple(one.local_path for one in contents if one.local_path)
        async with self._merging:
            digests = tuple(
                [await asyncio.to_thread(package.digest, one, Path(one.local_path or "")) for one in contents]
            )
            known, folder = self._merged.get(paths, ((), self._state))
            if known != digests:
                folder = await asyncio.to_thread(package.merge, name, contents, self._place("layers"))
                self._merged[paths] = digests, folder
        return folder

    async def published(self, function: Function, layers: Layers) -> Package | None:
        """Return the package of a version that was published before; None where its code is not here any more."""
        if function.image is not None:
            return await asyncio.to_thread(image_package.prepare_version, function)
        made = self._place(function.id)
        bare = await self._layered(Package(file_name(function.id), made, ()), layers)
        try:
            return await asyncio.to_thread(package.prepare_later, function, bare)
        except StackError:
            return None

    async def store(self, content: bytes) -> Code:
        """Return a zip file as code that is there as long as a function has it. Raises StackError if it cannot be written."""
        return await asyncio.to_thread(uploads.stored, self._uploads, content)

    async def keep(self, function_id: str, code: Package) -> Package:
        """Return a package that stays as it is: a copy where the user goes on editing the folder. Images stay."""
        if function_id not in self._watches or code.image is not None:
            return code
        return await asyncio.to_thread(package.snapshot, code, self._place(function_id))

    def delete(self) -> None:
        """Delete what was made for sandboxes: none uses it any more."""
        for folder in (self._state / "packages", self._later):
            shutil.rmtree(folder, ignore_errors=True)

    def _is_copied(self, function_id: str, code: Package, local: Path) -> bool:
        """Return whether sandboxes have a copy of the user's folder, or need one: a build has replaced the folder that is mounted."""
        return code.folder != local or inode(local) != self._mounted[function_id]

    def _place(self, id_: str) -> Path:
        return self._later / f"{file_name(id_)}-{next(self._numbers)}"
