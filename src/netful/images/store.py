"""Unpacked images in the user's cache: each layer once, by its digest, and each image as links to its layers.

    IDS/layers/DIGEST      the files of a layer
    IDS/images/DIGEST/N    link to the layer number N, 0 is the top
    IDS/manifests/DIGEST   the image itself

What is there is whole: it is made beside under another name, then renamed. `IDS` stands for the mapping of ids, because the
owners of files depend on it.

Each process holds a lock from its first image on. A process that is alone deletes the images that no process has used for a month,
with the layers that no other image has.
"""

import contextlib
import fcntl
import hashlib
import os
import shutil
import tempfile
import threading
import time
from functools import cache
from pathlib import Path

import msgspec

from netful.images import image, layer
from netful.images.archive import Archive
from netful.images.image import ImageManifest, Layer
from netful.sources.files.user_cache import user_cache

FOLDER, _LAYERS, _IN_USE, _MANIFESTS = "images", "layers", ".in-use", "manifests"
_UNUSED_SECONDS = 30 * 86_400
_lock = threading.Lock()  # an image that several tasks and functions have is unpacked once


def home() -> Path:
    """Return the folder of unpacked images for this process's ids."""
    return user_cache("images") / hashlib.sha256(Path("/proc/self/uid_map").read_bytes()).hexdigest()[:8]


def unpacked(path: Path, tag: str = "", most: int = layer.MOST_BYTES) -> tuple[ImageManifest, str]:
    """Unpack an image unless it is there; return it, and its folder below `home`. Blocks. Raise StackError."""
    with _lock, Archive(path) as archive:
        _held(home())
        found = image.read(archive, tag)
        folder = f"{FOLDER}/{found.digest}"
        if not (home() / folder).is_dir():
            left = most
            for one in found.layers:
                left -= _layer(archive, one, left)
            _link(found, home() / folder)
        os.utime(home() / folder)
    return found, folder


def kept(digest: str) -> tuple[ImageManifest, str] | None:
    """Return an image that was unpacked before, by its digest, and its folder; None if it is gone. Blocks."""
    folder = f"{FOLDER}/{digest}"
    with _lock:
        _held(home())
        try:
            found = msgspec.json.decode((home() / _MANIFESTS / digest).read_bytes(), type=ImageManifest)
            os.utime(home() / folder)
        except (OSError, msgspec.MsgspecError):
            return None
    return found, folder


@cache
def _held(folder: Path) -> int:
    """Hold the images in a folder until this process ends; return the descriptor of the lock."""
    folder.mkdir(parents=True, exist_ok=True)
    held = os.open(folder / _IN_USE, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
    with contextlib.suppress(BlockingIOError):
        fcntl.flock(held, fcntl.LOCK_EX | fcntl.LOCK_NB)
        _delete_unused(folder, time.time() - _UNUSED_SECONDS)
    fcntl.flock(held, fcntl.LOCK_SH)
    return held


def _delete_unused(folder: Path, since: float) -> None:
    """Delete the images that were not used since a time, the layers of no image, and what was never finished."""
    for one in folder.glob(f"{FOLDER}/*"):
        if one.stat().st_mtime < since or one.name.startswith("."):
            shutil.rmtree(one, ignore_errors=True)
    used = {link.readlink().name for link in folder.glob(f"{FOLDER}/*/*")}
    for one in folder.glob(f"{_MANIFESTS}/*"):
        if not (folder / FOLDER / one.name).is_dir():
            one.unlink(missing_ok=True)
    for one in folder.glob(f"{_LAYERS}/*"):
        if one.name not in used:
            shutil.rmtree(one, ignore_errors=True)


def _layer(archive: Archive, one: Layer, most: int) -> int:
    """Unpack a layer unless it is there; return its bytes."""
    made = _layer_folder(one)
    if made.is_dir():
        return 0
    beside = _beside(made)
    try:
        size = layer.unpack(archive, one, beside, most)
        beside.chmod(0o755)  # it was made for this user alone
        _rename(beside, made)
    except BaseException:
        shutil.rmtree(beside, ignore_errors=True)
        raise
    return size


def _layer_folder(one: Layer) -> Path:
    return home() / _LAYERS / one.digest.removeprefix("sha256:")


def _link(found: ImageManifest, made: Path) -> None:
    beside = _beside(made)
    for number, one in enumerate(reversed(found.layers)):
        (beside / str(number)).symlink_to(f"../../layers/{_layer_folder(one).name}")
    beside.chmod(0o755)
    manifests = home() / _MANIFESTS
    manifests.mkdir(exist_ok=True)
    file = manifests / f".{beside.name}"
    file.write_bytes(msgspec.json.encode(found))
    file.replace(manifests / found.digest)
    _rename(beside, made)


def _beside(made: Path) -> Path:
    made.parent.mkdir(parents=True, exist_ok=True)
    return Path(tempfile.mkdtemp(prefix=".", dir=made.parent))


def _rename(beside: Path, made: Path) -> None:
    try:
        beside.rename(made)
    except OSError:
        shutil.rmtree(beside, ignore_errors=True)
        if not made.is_dir():  # else another stack has made it meanwhile
            raise
