"""An unpacked image, mounted: its layers, below a layer of netful with the mount points and certificates."""

import os
from pathlib import Path

from netful.fabric.kernel import syscalls

HOSTS = "127.0.0.1 localhost localhost.localdomain\n"
_FOLDERS = ("proc", "dev", "tmp", "sys", "etc", "mnt")
_BUNDLES = ("etc/ssl/certs/ca-certificates.crt", "etc/pki/tls/certs/ca-bundle.crt")


def make_top(folder: Path, bundle: Path) -> Path:
    """Make the top layer of all containers: what an image may lack, and the stack's certificates where programs look for them."""
    for name in _FOLDERS:
        (folder / name).mkdir(parents=True, exist_ok=True)
    (folder / "tmp").chmod(0o1777)
    for name in _BUNDLES:
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_bytes(bundle.read_bytes())
    (folder / "etc/hosts").write_text(HOSTS, encoding="ascii")
    (folder / "etc/resolv.conf").touch()
    return folder


def mount(image: str, top: str, target: str, writable: str | None = None) -> None:
    """Mount an image's folder at `target`: read-only, or with a folder for what is written. Enters the image's folder."""
    os.chdir(image)
    layers = sorted(os.listdir("."), key=int)  # noqa: PTH208  # names alone, relative: a mount's options have one page
    opened = [os.open(top, os.O_PATH)]
    options = "userxattr,lowerdir=" + ":".join((f"/proc/self/fd/{opened[0]}", *layers))
    flags = syscalls.MS_NODEV | syscalls.MS_NOSUID
    if writable is None:
        flags |= syscalls.MS_RDONLY
    else:
        for name in ("upperdir", "workdir"):
            Path(writable, name).mkdir(exist_ok=True)
            opened.append(os.open(Path(writable, name), os.O_PATH))
            options += f",{name}=/proc/self/fd/{opened[-1]}"
    syscalls.mount("overlay", target, "overlay", flags, options)
    for descriptor in opened:
        os.close(descriptor)
