"""Container images that the sources themselves describe, and the image of each function.

| source | what it describes |
|---|---|
| SAM's `Metadata` with `DockerContext` | the build of a function's image |
| the CDK's `*.assets.json` | the build or the archive of an asset, by its hash |
| an `ImageUri` that is a file beside the template | an archive |

The project file comes first.
"""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

from netful.model.cloud import Cloud
from netful.model.core import Origin
from netful.model.functions.function import Function
from netful.model.functions.images import Build, Image
from netful.sources import cdk
from netful.sources.files import project_folder
from netful.sources.files.marked import MarkedMap
from netful.sources.template.template_scope import TemplateScope

_TARBALL = re.compile(r"[\w.-]+\.tar")


def described(stacks: Sequence[TemplateScope]) -> dict[str, Image]:
    """Return the images that templates and the CDK's assets describe, by name."""
    return {image.id: image for stack in stacks for image in (*_of_assets(stack), *_of_metadata(stack))}


def with_images(cloud: Cloud) -> Cloud:
    """Return a cloud whose functions have their images."""
    functions = cloud.compute.functions
    of_images = (one for one in functions.values() if one.package_type == "Image")
    found = {one.id: replace(one, image=_image_of(cloud, one)) for one in of_images}
    return cloud.having(functions={**functions, **found}) if found else cloud


def _image_of(cloud: Cloud, function: Function) -> Image | None:
    uri = function.image_uri if isinstance(function.image_uri, str) else ""
    declared = cloud.compute.image(uri, function.id, function.function_name)
    if declared is not None or not uri:
        return declared
    file = function.code.origin.file
    path = Path(file).parent / uri
    if "://" in uri or not path.exists():
        return None
    return Image(uri, str(project_folder.within(file, path, function.code.origin)), origin=function.code.origin)


def _of_metadata(stack: TemplateScope) -> Iterator[Image]:
    """Yield the builds in SAM's Metadata of functions."""
    template = stack.template
    written = template.root.get("Resources")
    for name, resource in written.items() if isinstance(written, MarkedMap) else ():
        metadata = resource.get("Metadata") if isinstance(resource, MarkedMap) else None
        if not isinstance(metadata, MarkedMap) or not isinstance(metadata.get("DockerContext"), str):
            continue
        origin = resource.origin_of("Metadata")
        build = _build(template.file, origin, metadata["DockerContext"], metadata.get("Dockerfile"))
        if build is not None:
            arguments = metadata.get("DockerBuildArgs")
            target = str(metadata.get("DockerBuildTarget") or "")
            more = replace(build, target=target, arguments=_texts(arguments))
            yield Image(stack.resources.ids.get(name, name), build=more, origin=origin)


def _of_assets(stack: TemplateScope) -> Iterator[Image]:
    """Yield the CDK's assets: builds, and archives that it loads into Docker."""
    file = Path(stack.template.file)
    for manifest, hash_, asset in cdk.docker_images(file):
        origin, source = Origin(str(manifest)), asset.get("source")
        if not isinstance(source, Mapping):
            continue
        names = {hash_, *_tags(asset)}
        archive = _archive(manifest, source.get("executable"))
        if archive is not None:
            path = str(project_folder.within(manifest, archive, origin))
            yield from (Image(name, path, origin=origin) for name in names)
            continue
        build = _build(str(manifest), origin, source.get("directory"), source.get("dockerFile"))
        if build is not None:
            arguments, target = source.get("dockerBuildArgs"), str(source.get("dockerBuildTarget") or "")
            made = replace(build, target=target, arguments=_texts(arguments))
            yield from (Image(name, build=made, origin=origin) for name in names)


def _tags(asset: Mapping[str, Any]) -> Iterator[str]:
    destinations = asset.get("destinations")
    for one in destinations.values() if isinstance(destinations, Mapping) else ():
        if isinstance(one, Mapping) and isinstance(one.get("imageTag"), str):
            yield one["imageTag"]


def _archive(manifest: Path, executable: Any) -> Path | None:
    """Return the archive in the command by which the CDK loads one: `docker load -i asset.HASH.tar`."""
    words = " ".join(word for word in executable if isinstance(word, str)) if isinstance(executable, list) else ""
    files = (manifest.parent / name for name in _TARBALL.findall(words))
    return next((file for file in files if file.is_file()), None)


def _build(file: str, origin: Origin, context: Any, dockerfile: Any) -> Build | None:
    if not isinstance(context, str):
        return None
    folder = project_folder.within(file, Path(file).parent / context, origin)
    return Build(str(folder), dockerfile if isinstance(dockerfile, str) and dockerfile else "Dockerfile")


def _texts(value: Any) -> dict[str, str]:
    return {str(name): str(text) for name, text in value.items()} if isinstance(value, Mapping) else {}
