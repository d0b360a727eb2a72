"""Container images on this machine, and the settings of a function for its image (spec: hosts §7)."""

from collections.abc import Mapping

from msgspec import field

from netful.model.core import Frozen, Identified


class Build(Frozen):
    """A Dockerfile and the folder that it copies from; paths are absolute. `dockerfile` is relative to the folder."""

    context: str
    dockerfile: str = "Dockerfile"
    target: str = ""
    arguments: Mapping[str, str] = field(default_factory=dict)


class Image(Identified):
    """An image under the name by which templates refer to it: a URI, a repository, a tag of an asset, or a function.

    `path` is an OCI layout, or an archive of `docker save` or of an OCI layout; `tag` selects one of several images in it.
    With a `build` the image is yet to be built. `digest` is that of the image of a kept version; "" for whatever image is there.
    """

    path: str = ""
    tag: str = ""
    build: Build | None = None
    digest: str = ""


class ImageConfig(Frozen):
    """Settings in place of an image's own; None leaves the image's."""

    entry_point: tuple[str, ...] | None = None
    command: tuple[str, ...] | None = None
    working_directory: str | None = None


OF_IMAGE = ImageConfig()


def names_of(uri: str) -> tuple[str, ...]:
    """Return the names under which an image with a URI may be declared, the most exact first.

    `REGISTRY/REPOSITORY:TAG` is also `REPOSITORY:TAG`, `REGISTRY/REPOSITORY` and `REPOSITORY`. The tag alone is the
    hash of an asset of the CDK.
    """
    named, _, digest = uri.partition("@")
    host, slash, repository = named.partition("/")
    if not slash or not ("." in host or ":" in host or host == "localhost"):
        host, repository = "", named
    plain, colon, tag = repository.rpartition(":")
    if not colon:
        plain, tag = repository, ""
    registry = f"{host}/" if host else ""
    every = (uri, f"{registry}{repository}", repository, f"{registry}{plain}", plain, tag, digest)
    return tuple(dict.fromkeys(name for name in every if name))
