"""The root file system that all sandboxes of a zygote share: a small read-only tree, then the zygote itself.

| path | contents |
|---|---|
| /usr and its links, /etc | the host's programs and libraries, but Bash as /bin/sh, as on Amazon Linux; generated names, users and trust |
| /var/lang | the interpreter, by its own prefix; in its `bin` only the programs of runtimes |
| /var/runtime | the import path that AWS provides: boto3 and its dependencies; Node.js and its bootstrap |
| /var/task, /opt, /tmp, /mnt, /proc, /etc/resolv.conf | mount points of each sandbox |
| /dev | the harmless devices; no /dev/shm, as on AWS |
| /run | ours: function packages, each environment's /tmp. A sandbox detaches it before user code runs |

The host's own tree is detached before the zygote starts. Everything is in a private mount namespace: the mounts end
with the last process in it.
"""

from __future__ import annotations

import os
import socket
from pathlib import Path
from typing import Any

from netful.fabric.kernel import syscalls
from netful.functions.inside import control, kernel, private_files
from netful.functions.inside.mounts import bind, devices
from netful.functions.inside.privileges import SANDBOX_UID, SANDBOX_USER

PACKAGES = "/run/packages"
ENVIRONMENTS = "/run/environments"
FILES = ".files"
"""Name of the folders behind file systems among the packages: functions write them."""
CA_BUNDLE = "/etc/pki/tls/certs/ca-bundle.crt"
_OTHER_BUNDLES = (
    "etc/pki/tls/certs/ca-certificates.crt", "etc/pki/tls/cert.pem", "etc/pki/ca-trust/extracted/pem/tls-ca-bundle.pem",
)  # fmt: skip
"""Other names of the bundle: Debian's, OpenSSL's, and Amazon Linux's own, which functions of CDK name."""

_OWN_CODE = "/run/code"
_LANG = "/var/lang"

_PROGRAMS = {"python": "", "python3": "", "node": "/var/runtime/node"}
"""Names of the runtimes beside the interpreter; "" for the interpreter itself."""

_FOLDERS = (
    "etc/pki/tls/certs", "etc/pki/ca-trust/extracted/pem", "etc/ssl", "var/lang", "var/runtime", "var/task", "opt", "tmp", "proc", "dev", "run", "usr",
    "mnt",
)  # fmt: skip
_SYSTEM = ("bin", "sbin", "lib", "lib32", "lib64", "libx32")
_LINKED = ("etc/alternatives", "etc/java-*")
"""Folders that Debian's links in /usr lead to: programs such as awk and java, and the configuration of a JDK."""
_FROM_HOST = ("etc/ld.so.cache", "etc/localtime", "etc/mime.types", "etc/protocols", "etc/services")
_READ_ONLY = kernel.MOUNT_ATTR_RDONLY | kernel.MOUNT_ATTR_NOSUID

_FILES = {
    "etc/passwd": "root:x:0:0:root:/root:/sbin/nologin\n"
    f"{SANDBOX_USER}:x:{SANDBOX_UID}:{SANDBOX_UID}::/home/{SANDBOX_USER}:/sbin/nologin\n",
    "etc/group": f"root:x:0:\n{SANDBOX_USER}:x:{SANDBOX_UID}:\n",
    "etc/hosts": "127.0.0.1 localhost localhost.localdomain sandbox sandbox.localdomain\n",
    "etc/nsswitch.conf": "passwd: files\ngroup: files\nhosts: files dns\n",  # no daemon that would bypass the VPC's DNS
    "etc/resolv.conf": "",
}


def main() -> None:
    """Build the tree that the first message describes, move into it and become the zygote."""
    syscalls.die_with_parent(int(os.environ["DAEMON_PID"]))
    daemon = socket.socket(fileno=0)
    received = control.receive(daemon)
    if received is None:
        return
    plan, _ = received
    try:
        _build(plan)
    except OSError as error:
        control.send(daemon, {"failed": str(error)})
        return
    interpreter = f"{_LANG}/{plan['interpreter']}"
    os.execv(interpreter, [interpreter, *control.program("zygote", _OWN_CODE)])  # noqa: S606  # no shell is the point


def _build(plan: dict[str, Any]) -> None:
    # The zygote gets a network namespace without links: processes forked from it are never in the host's network.
    syscalls.unshare(syscalls.CLONE_NEWNS | syscalls.CLONE_NEWNET)
    syscalls.mount(None, "/", flags=syscalls.MS_REC | syscalls.MS_PRIVATE)
    root = Path(plan["root"])
    syscalls.mount("tmpfs", str(root), "tmpfs", syscalls.MS_NOSUID, "mode=0755")
    for folder in _FOLDERS:
        (root / folder).mkdir(parents=True)
    _system(root)
    private_files.hide(root)
    _etc(root, plan["ca_bundle"], plan["java_trust"])
    devices(root / "dev")
    bind(
        "/proc", root / "proc"
    )  # a sandbox can mount its own /proc only if a fully visible one exists here (user namespaces)
    _lang(root / "var/lang", plan["python"], plan["interpreter"])
    for name, source in plan["runtime_path"].items():
        bind(source, root / "var/runtime" / name, attributes=_READ_ONLY)
    _own_folder(root, plan)
    _enter(root)


def _lang(lang: Path, prefix: str, program: str) -> None:
    """Bind an interpreter by its prefix, with AWS's names for the runtimes: scripts begin with `#!/var/lang/bin/python`."""
    bind(prefix, lang, attributes=_READ_ONLY)
    own = lang / program
    syscalls.mount("tmpfs", str(own.parent), "tmpfs", syscalls.MS_NOSUID | syscalls.MS_NODEV, "mode=0755")
    bind(f"{prefix}/{program}", own)
    for name, runtime in _PROGRAMS.items():
        (own.parent / name).symlink_to(runtime or own.name)
    kernel.mount_setattr(str(own.parent), _READ_ONLY)


def _system(root: Path) -> None:
    bind("/usr", root / "usr", attributes=_READ_ONLY)
    for name in _LINKED:
        for folder in Path("/").glob(name):
            bind(str(folder), root / folder.relative_to("/"), attributes=_READ_ONLY)
    for name in _SYSTEM:
        host = Path("/", name)
        if host.is_symlink():
            (root / name).symlink_to(host.readlink())
        elif host.is_dir():
            bind(str(host), root / name, attributes=_READ_ONLY)
    shell, bash = Path("/bin/sh").resolve(), Path("/bin/bash").resolve()
    if shell.name == "dash" and bash.is_file():
        bind(str(bash), root / shell.relative_to("/"), attributes=_READ_ONLY)


def _etc(root: Path, ca_bundle: str, java_trust: str) -> None:
    for name, text in _FILES.items():
        (root / name).write_text(text, encoding="ascii")
    for name in _FROM_HOST:
        host = Path("/", name)
        if host.is_file():
            (root / name).write_bytes(host.read_bytes())
    (root / CA_BUNDLE[1:]).write_bytes(Path(ca_bundle).read_bytes())
    if java_trust:  # Debian's JDKs have a link to it as their own
        (root / "etc/pki/tls/certs/java").mkdir()
        (root / "etc/pki/tls/certs/java/cacerts").write_bytes(Path(java_trust).read_bytes())
    (root / "etc/ssl/certs").symlink_to("/etc/pki/tls/certs")
    for other in _OTHER_BUNDLES:
        (root / other).symlink_to(CA_BUNDLE)


def _own_folder(root: Path, plan: dict[str, Any]) -> None:
    syscalls.mount("tmpfs", str(root / "run"), "tmpfs", syscalls.MS_NOSUID | syscalls.MS_NODEV, "mode=0755")
    (root / ENVIRONMENTS[1:]).mkdir()
    bind(plan["own_code"], root / _OWN_CODE[1:] / "netful", attributes=_READ_ONLY)
    for name, source in plan["packages"].items():
        attributes = (0 if name == FILES else _READ_ONLY) | kernel.MOUNT_ATTR_NODEV | kernel.MOUNT_ATTR_NOSUID
        bind(source, root / PACKAGES[1:] / name, attributes=attributes)


def _enter(root: Path) -> None:
    old = root / "run/host"
    old.mkdir()
    syscalls.pivot_root(str(root), str(old))
    os.chdir("/")
    kernel.detach("/run/host")
    kernel.mount_setattr("/", kernel.MOUNT_ATTR_RDONLY, recursive=False)
