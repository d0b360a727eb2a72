"""Container images for tests: made of this machine's Python and a few files, as OCI layouts and archives of `docker save`."""

import gzip
import hashlib
import io
import json
import platform
import subprocess
import sys
import sysconfig
import tarfile
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from typing import Any

ARCHITECTURE = {"x86_64": "amd64", "aarch64": "arm64"}[platform.machine()]
PYTHON = "/usr/bin/python3"
_SKIPPED = {"test", "tests", "idlelib", "tkinter", "ensurepip", "lib2to3", "pydoc_data", "turtledemo", "__pycache__"}

Entry = bytes | str | tarfile.TarInfo


@dataclass
class TestImage:
    """An image: its layers as tar files, the lowest first, and the settings of its configuration."""

    __test__ = False

    layers: list[bytes]
    config: dict[str, Any] = field(default_factory=dict)
    tag: str = "app:1"
    architecture: str = ARCHITECTURE

    def configuration(self) -> bytes:
        """Return the text of its configuration."""
        diffs = [digest(layer) for layer in self.layers]
        return json.dumps({
            "architecture": self.architecture, "os": "linux", "config": self.config,
            "rootfs": {"type": "layers", "diff_ids": diffs},
        }).encode()  # fmt: skip

    def layout(self, folder: Path, *, packed: bool = True) -> Path:
        """Write an OCI layout."""
        blobs = folder / "blobs/sha256"
        blobs.mkdir(parents=True)

        def put(content: bytes, kind: str, **more: Any) -> dict[str, Any]:
            found = digest(content)
            (blobs / found.removeprefix("sha256:")).write_bytes(content)
            return {"mediaType": f"application/vnd.oci.image.{kind}", "digest": found, "size": len(content), **more}

        layers = [put(gzip.compress(one, 1) if packed else one, "layer.v1.tar") for one in self.layers]
        config = put(self.configuration(), "config.v1+json")
        manifest = json.dumps({"schemaVersion": 2, "config": config, "layers": layers}).encode()
        named = {"annotations": {"org.opencontainers.image.ref.name": self.tag}}
        index = {"schemaVersion": 2, "manifests": [put(manifest, "manifest.v1+json", **named)]}
        (folder / "index.json").write_text(json.dumps(index))
        (folder / "oci-layout").write_text('{"imageLayoutVersion": "1.0.0"}')
        return folder

    def docker_archive(self, file: Path) -> Path:
        """Write an archive as `docker save` does."""
        config = self.configuration()
        name = f"{hashlib.sha256(config).hexdigest()}.json"
        files = {f"{number}/layer.tar": layer for number, layer in enumerate(self.layers)}
        manifest = [{"Config": name, "RepoTags": [self.tag], "Layers": [*files]}]
        file.write_bytes(tar({**files, name: config, "manifest.json": json.dumps(manifest)}))
        return file


def digest(content: bytes) -> str:
    """Return the digest of a blob."""
    return f"sha256:{hashlib.sha256(content).hexdigest()}"


def tar(files: Mapping[str, Entry] | Iterable[tuple[str, Entry]]) -> bytes:
    """Return a tar file: texts and bytes are programs that all may read and run, headers are written as they are."""
    written = io.BytesIO()
    with tarfile.open(fileobj=written, mode="w") as archive:
        for name, entry in files.items() if isinstance(files, Mapping) else files:
            if isinstance(entry, tarfile.TarInfo):
                archive.addfile(entry, io.BytesIO(bytes(entry.size)))
                continue
            content = entry.encode() if isinstance(entry, str) else entry
            header = tarfile.TarInfo(name)
            header.size, header.mode = len(content), 0o755
            archive.addfile(header, io.BytesIO(content))
    return written.getvalue()


def entry(name: str, kind: bytes, target: str = "", **more: Any) -> tuple[str, tarfile.TarInfo]:
    """Return a header: a link, a folder, a device."""
    header = tarfile.TarInfo(name)
    header.type, header.linkname, header.mode = kind, target, 0o755
    for field_, value in more.items():
        setattr(header, field_, value)
    return name, header


@cache
def python_layer() -> bytes:
    """Return a layer with this machine's Python, its shell and what both need."""
    written = io.BytesIO()
    interpreter = Path(sys.executable).resolve()
    stdlib = Path(sysconfig.get_path("stdlib"))
    with tarfile.open(fileobj=written, mode="w") as archive:
        for name in ("bin", "lib", "lib64"):
            if Path("/", name).is_symlink():
                archive.addfile(entry(name, tarfile.SYMTYPE, str(Path("/", name).readlink()))[1])
        for program in (interpreter, Path("/bin/sh").resolve()):
            archive.add(program, f"usr/bin/{program.name}")
            modules = Path(sysconfig.get_path("stdlib"), "lib-dynload") if program == interpreter else Path("/nowhere")
            for library in libraries_of(program, *modules.glob("_ssl*"), *modules.glob("_ctypes.*")):
                archive.add(library.resolve(), str(library)[1:])
        archive.addfile(entry("usr/bin/sh", tarfile.SYMTYPE, Path("/bin/sh").resolve().name)[1])
        archive.addfile(entry(PYTHON[1:], tarfile.SYMTYPE, interpreter.name)[1])
        archive.add(stdlib, str(stdlib)[1:], filter=_without_tests)
        content = b"root:x:0:0:root:/:/bin/sh\napp:x:1000:1000::/home/app:/bin/sh\n"
        passwd = tarfile.TarInfo("etc/passwd")
        passwd.size = len(content)
        archive.addfile(passwd, io.BytesIO(content))
    return written.getvalue()


def _without_tests(member: tarfile.TarInfo) -> tarfile.TarInfo | None:
    name = member.name.rpartition("/")[2]
    return None if name in _SKIPPED or name.startswith("config-3") else member


def libraries_of(*programs: Path) -> set[Path]:
    """Return the shared libraries of programs."""
    told = subprocess.run(["ldd", *map(str, programs)], capture_output=True, text=True, check=True).stdout
    words = (word for line in told.splitlines() for word in line.split() if word.startswith("/") and ":" not in word)
    return {Path(word).parent.resolve() / Path(word).name for word in words}
