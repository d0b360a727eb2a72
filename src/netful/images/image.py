"""An image: its configuration, and its layers in order, the lowest first."""

import hashlib
import platform
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from msgspec import field

from netful.images.archive import Archive
from netful.model.core import Frozen, mapping, texts

MOST_LAYERS = 127
"""Lambda's limit (hosts §7)."""

_ARCHITECTURES = {"x86_64": "amd64", "aarch64": "arm64"}
_DEEPEST_INDEX = 3
_NAMED = ("org.opencontainers.image.ref.name", "io.containerd.image.name")


class Layer(Frozen):
    """A layer: the digest of its uncompressed tar file, and its file in the archive."""

    digest: str
    file: str


class ImageManifest(Frozen):
    """An image as its configuration describes it. `digest` is that of the configuration, which identifies the image."""

    digest: str
    layers: tuple[Layer, ...]
    entry_point: tuple[str, ...] = ()
    command: tuple[str, ...] = ()
    environment: Mapping[str, str] = field(default_factory=dict)
    working_directory: str = ""
    user: str = ""
    stop_signal: str = ""


def read(archive: Archive, tag: str = "") -> ImageManifest:
    """Return the image in an archive, or the one with a tag, for this machine's kind of processor. Raise StackError."""
    if archive.has("index.json"):
        content, files = _of_layout(archive, tag)
    elif archive.has("manifest.json"):
        content, files = _of_docker(archive, tag)
    else:
        raise archive.refusal("it has neither `index.json` of an OCI layout nor `manifest.json` of `docker save`")
    config = mapping(archive.parsed(content, "the configuration"))
    system, kind = str(config.get("os", "linux")), str(config.get("architecture", ""))
    if system != "linux" or kind not in ("", _own_architecture()):
        raise archive.refusal(f"it is for {system}/{kind}, and this machine is linux/{_own_architecture()}")
    digests = _list(mapping(config.get("rootfs")).get("diff_ids"))
    if not digests or len(digests) != len(files) or len(files) > MOST_LAYERS:
        raise archive.refusal(f"it has {len(files)} layers and {len(digests)} digests; at most {MOST_LAYERS} layers")
    for digest in digests:
        archive.blob(digest)
    run = mapping(config.get("config"))
    return ImageManifest(
        digest=hashlib.sha256(content).hexdigest(),
        layers=tuple(Layer(str(digest), file) for digest, file in zip(digests, files, strict=True)),
        entry_point=tuple(texts(run.get("Entrypoint"))),
        command=tuple(texts(run.get("Cmd"))),
        environment=dict(pair.split("=", 1) for pair in texts(run.get("Env")) if "=" in pair),
        working_directory=str(run.get("WorkingDir") or ""),
        user=str(run.get("User") or ""),
        stop_signal=str(run.get("StopSignal") or ""),
    )


def _of_layout(archive: Archive, tag: str) -> tuple[bytes, list[str]]:
    """Return the configuration and the layers' files of an image in an OCI layout."""
    listed = [mapping(one) for one in _list(mapping(archive.json("index.json")).get("manifests"))]
    found = [one for one in listed if not tag or any(_matches(name, tag) for name in _names(one))]
    if not found:
        raise archive.refusal(_no_such(tag, [name for one in listed for name in _names(one)]))
    manifest = _of_platform(archive, found)
    config = archive.verified(mapping(manifest.get("config")).get("digest"))
    return config, [archive.blob(mapping(one).get("digest")) for one in _list(manifest.get("layers"))]


def _of_platform(archive: Archive, listed: Sequence[Mapping[str, Any]]) -> Mapping[str, Any]:
    """Return the manifest for this machine: indexes have one for each platform, and attestations of an unknown one."""
    for _ in range(_DEEPEST_INDEX):
        one = next((m for m in listed if _is_own(mapping(m.get("platform")))), None)
        if one is None:
            raise archive.refusal(f"it has no image for linux/{_own_architecture()}")
        manifest = mapping(archive.parsed(archive.verified(one.get("digest")), "the manifest"))
        if "manifests" not in manifest:
            return manifest
        listed = [mapping(member) for member in _list(manifest["manifests"])]
    raise archive.refusal("its indexes are nested too deeply")


def _is_own(system: Mapping[str, Any]) -> bool:
    return not system or (system.get("os"), system.get("architecture")) == ("linux", _own_architecture())


def _of_docker(archive: Archive, tag: str) -> tuple[bytes, list[str]]:
    """Return the same of an archive of `docker save`."""
    written = archive.parsed(archive.content("manifest.json"), "manifest.json")
    listed = [mapping(one) for one in _list(written)]
    found = next((one for one in listed if not tag or any(_matches(n, tag) for n in texts(one.get("RepoTags")))), None)
    if found is None:
        raise archive.refusal(_no_such(tag, [name for one in listed for name in texts(one.get("RepoTags"))]))
    return archive.content(str(found.get("Config"))), [*texts(found.get("Layers"))]


def _names(manifest: Mapping[str, Any]) -> Iterator[str]:
    notes = mapping(manifest.get("annotations"))
    yield from (str(notes[name]) for name in _NAMED if name in notes)


def _matches(name: str, tag: str) -> bool:
    return tag in (name, name.rpartition(":")[2]) or name.endswith(f"/{tag}")


def _no_such(tag: str, names: Sequence[str]) -> str:
    known = ", ".join(f"`{name}`" for name in names)
    return f"it has no image `{tag}`" + (f"; it has {known}" if known else "") if tag else "it has no image"


def _own_architecture() -> str:
    machine = platform.machine()
    return _ARCHITECTURES.get(machine, machine)


def _list(value: Any) -> list[Any]:
    return value if isinstance(value, list) else []
