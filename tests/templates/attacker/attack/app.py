"""Everything that code in a sandbox might try in order to get out of it. Each attempt is named; `done` is a success.

The payload tells what there is to be found: {"victim": address, "host_port": port, "abstract": name, "state": folder,
"daemon": pid}.
"""

import ctypes
import os
import signal
import socket
import struct
from pathlib import Path

LIBC = ctypes.CDLL(None, use_errno=True)
NEWNS, NEWUSER, NEWNET = 0x00020000, 0x10000000, 0x40000000
SYS_BPF, SYS_OPEN_BY_HANDLE, SYS_PIDFD_GETFD, SYS_KEXEC, SYS_MODULE = 321, 304, 438, 246, 175
OTHER = "10.0.1.200"


def call(name, *arguments):
    if getattr(LIBC, name)(*arguments) < 0:
        number = ctypes.get_errno()
        raise OSError(number, os.strerror(number))


def interface(number, tail):
    import fcntl

    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as sock:
        fcntl.ioctl(sock, number, struct.pack("16s", b"eth0") + tail)


def sockaddr(address):
    return struct.pack("=HH4s8x", socket.AF_INET, 0, socket.inet_aton(address))


def netlink(kind, body):
    with socket.socket(socket.AF_NETLINK, socket.SOCK_RAW, socket.NETLINK_ROUTE) as sock:
        sock.send(struct.pack("=IHHII", 16 + len(body), kind, 0x405, 1, 0) + body)
        error = struct.unpack_from("=i", sock.recv(4096), 16)[0]
        if error:
            raise OSError(-error, os.strerror(-error))


def add_address():
    packed = socket.inet_aton(OTHER)
    local = struct.pack("=HH4s", 8, 2, packed)
    netlink(20, struct.pack("=BBBBI", socket.AF_INET, 32, 0, 0, socket.if_nametoindex("eth0")) + local)


def route():
    body = struct.pack("=BBBBBBBBI", socket.AF_INET, 8, 0, 0, 254, 3, 253, 1, 0)
    body += struct.pack("=HH4s", 8, 1, socket.inet_aton("10.0.0.0"))
    netlink(24, body + struct.pack("=HHI", 8, 4, socket.if_nametoindex("eth0")))


def neighbour():
    body = struct.pack("=BxHiHBB", socket.AF_INET, 0, socket.if_nametoindex("eth0"), 0x80, 0, 1)
    body += struct.pack("=HH4s", 8, 1, socket.inet_aton("169.254.1.1")) + struct.pack("=HH6s2x", 10, 2, b"\2evil!")
    netlink(28, body)


def second_interface():
    info = struct.pack("=HH4s", 8, 1, b"veth")
    netlink(16, struct.pack("=BxHiII", 0, 0, 0, 0, 0) + struct.pack("=HH", 4 + len(info), 18) + info)


def foreign_source():
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as sock:
        sock.setsockopt(socket.IPPROTO_IP, 15, 1)  # IP_FREEBIND: anybody may
        sock.bind((OTHER, 0))
        sock.sendto(b"x", ("10.0.0.2", 53))


def option(level, name, value):
    with socket.socket(socket.AF_INET, socket.SOCK_STREAM) as sock:
        sock.setsockopt(level, name, value)


def raw(family, kind, protocol=0):
    socket.socket(family, kind, protocol).close()


def enter(path, kind):
    with Path(path).open() as namespace:
        call("setns", namespace.fileno(), kind)


def as_root_of_a_new_user_namespace(attempt):
    """In a child, which has every capability there, over nothing that was there before."""
    pid = os.fork()
    if pid == 0:
        try:
            call("unshare", NEWUSER)
            attempt()
        except BaseException:  # noqa: BLE001
            os._exit(1)
        os._exit(0)
    if os.waitpid(pid, 0)[1]:
        raise PermissionError


def connect(family, address):
    with socket.socket(family, socket.SOCK_STREAM) as sock:
        sock.settimeout(1)
        sock.connect(address)


def descriptor_of_init():
    pidfd = os.pidfd_open(1)
    for number in range(16):
        got = LIBC.syscall(SYS_PIDFD_GETFD, pidfd, number, 0)
        if got >= 0:
            return
    raise PermissionError


def descriptor_of_init_by_name():
    for number in os.listdir("/proc/1/fd"):  # noqa: PTH208
        open_for_writing(f"/proc/1/fd/{number}")
        return
    raise PermissionError


def read(path):
    Path(path).read_bytes()


def read_passwords():
    if not Path("/etc/shadow").read_bytes():
        raise PermissionError


def read_private_files():
    """Read what only its owner may read, of the folders where administrators put such files."""
    for root in ("/etc", "/opt", "/usr/local"):
        for parent, _, names in os.walk(root):
            for path in (Path(parent, name) for name in names):
                if not path.is_symlink() and path.is_file() and not path.stat().st_mode & 4:
                    read(path)
                    return
    raise FileNotFoundError


def open_for_writing(path):
    os.close(os.open(path, os.O_WRONLY))


def see_other_processes():
    pids = {int(name) for name in os.listdir("/proc") if name.isdigit()}  # noqa: PTH208
    if not pids - {1, os.getpid()}:
        raise ProcessLookupError


def find_on_disk(state):
    """Any folder of the stack by its own path, or through what is mounted here."""
    for root in ("", "/proc/1/root", "/proc/self/root", "/proc/self/cwd/../..", "/run/host", "/run"):
        if Path(root + state).exists():
            return
    raise FileNotFoundError


def netfilter():
    """List tables: even that is for administrators only."""
    with socket.socket(socket.AF_NETLINK, socket.SOCK_RAW, 12) as sock:
        sock.send(struct.pack("=IHHIIBBH", 20, 10 << 8 | 1, 0x305, 1, 0, 2, 0, 0))
        kind = struct.unpack_from("=H", sock.recv(4096), 4)[0]
        if kind == 2:
            raise PermissionError


def handle():
    buffer = struct.pack("=Ii8s", 8, 1, bytes(8))
    call("syscall", SYS_OPEN_BY_HANDLE, os.open("/usr", os.O_RDONLY), buffer, os.O_RDONLY)


def signal_everybody():
    """To all but itself and init: there must be nobody."""
    os.kill(-1, signal.SIGCONT)


def on_the_network(event):
    yield "interface: another address, by ioctl", lambda: interface(0x8916, sockaddr(OTHER))
    yield "interface: another address, by netlink", add_address
    yield "interface: another MAC address", lambda: interface(0x8924, struct.pack("=H6s8x", 1, b"\2evil!"))
    yield "interface: promiscuous", lambda: interface(0x8914, struct.pack("=H14x", 0x143))
    yield "interface: a second one", second_interface
    yield "route: past the gateway", route
    yield "neighbour: another MAC address for the gateway", neighbour
    yield "interface: down", lambda: interface(0x8914, struct.pack("=H14x", 0x1042))
    yield "socket: raw", lambda: raw(socket.AF_INET, socket.SOCK_RAW, socket.IPPROTO_RAW)
    yield "socket: ICMP", lambda: raw(socket.AF_INET, socket.SOCK_RAW, socket.IPPROTO_ICMP)
    yield "socket: packets", lambda: raw(socket.AF_PACKET, socket.SOCK_RAW, socket.htons(3))
    yield "socket: packets without heads", lambda: raw(socket.AF_PACKET, socket.SOCK_DGRAM, socket.htons(3))
    yield "socket: netfilter's", netfilter
    yield "socket: transparent", lambda: option(socket.IPPROTO_IP, 19, 1)
    yield "socket: routing mark", lambda: option(socket.SOL_SOCKET, 36, 1)
    yield "socket: bound to a foreign address", foreign_source
    yield "socket: to the host of a virtual machine", lambda: raw(socket.AF_VSOCK, socket.SOCK_STREAM)
    yield "socket: by io_uring", lambda: call("syscall", 425, 1, bytes(120))
    yield "socket: to another sandbox", lambda: connect(socket.AF_INET, (event["victim"], 8080))
    yield "socket: to the host's loopback", lambda: connect(socket.AF_INET, ("127.0.0.1", event["host_port"]))
    yield "socket: to an abstract socket of the host", lambda: connect(socket.AF_UNIX, "\0" + event["abstract"])
    yield "socket: to the stack's control", lambda: connect(socket.AF_UNIX, event["state"] + "/s/control.sock")


def on_namespaces(_event):
    for name, kind in (("net", NEWNET), ("user", NEWUSER), ("mnt", NEWNS)):
        yield f"namespace: enter init's {name}", lambda n=name, k=kind: enter(f"/proc/1/ns/{n}", k)
    yield "namespace: enter the own one again", lambda: enter("/proc/self/ns/net", NEWNET)
    yield "namespace: a new network", lambda: call("unshare", NEWNET)
    yield "namespace: as its root, another address", lambda: as_root_of_a_new_user_namespace(add_address)
    yield (
        "namespace: as its root, back to the network",
        lambda: as_root_of_a_new_user_namespace(lambda: enter("/proc/1/ns/net", NEWNET)),
    )
    yield (
        "namespace: as its root, raw socket",
        lambda: as_root_of_a_new_user_namespace(lambda: raw(socket.AF_PACKET, socket.SOCK_RAW, 3)),
    )


def on_processes(event):
    yield "process: others are seen", see_other_processes
    yield "process: trace init", lambda: call("ptrace", 16, 1, None, None)
    yield "process: the daemon by its number", lambda: os.kill(event["daemon"], 0)
    yield "process: init's memory", lambda: read("/proc/1/mem")
    yield "process: init's environment", lambda: read("/proc/1/environ")
    yield "process: init's descriptors by name", descriptor_of_init_by_name
    yield "process: one of init's descriptors", descriptor_of_init
    yield "process: a signal to everybody", signal_everybody


def on_the_machine(event):
    yield "files: the state folder", lambda: find_on_disk(event["state"])
    yield "files: passwords", read_passwords
    yield "files: of one user alone", read_private_files
    yield "files: memory", lambda: read("/dev/mem")
    yield "files: kernel log", lambda: read("/dev/kmsg")
    yield "files: a device of its own", lambda: os.mknod("/tmp/disk", 0o60666, os.makedev(254, 0))
    yield "files: a tunnel", lambda: open_for_writing("/dev/net/tun")
    yield "files: by handle", handle
    yield "files: another root", lambda: os.chroot("/tmp")
    yield "files: a mount", lambda: call("mount", b"none", b"/tmp", b"tmpfs", 0, None)
    yield "files: an unmount", lambda: call("umount2", b"/proc", 2)
    for setting in ("net/ipv4/ip_forward", "net/ipv4/conf/eth0/rp_filter", "kernel/core_pattern", "kernel/hostname"):
        yield f"kernel: {setting}", lambda s=setting: open_for_writing(f"/proc/sys/{s}")
    yield "kernel: system request", lambda: open_for_writing("/proc/sysrq-trigger")
    yield "kernel: a module", lambda: call("syscall", SYS_MODULE, None, 0, None)
    yield "kernel: another one", lambda: call("syscall", SYS_KEXEC, 0, 0, None, 0)
    yield "kernel: a program", lambda: call("syscall", SYS_BPF, 5, bytes(128), 128)
    yield "kernel: a name", lambda: socket.sethostname("evil")
    yield "kernel: the time", lambda: call("settimeofday", struct.pack("=qq", 0, 0), None)
    yield "keys: one for the other sandboxes", lambda: call("syscall", 248, b"user", b"evil", b"x", 1, -4)
    yield "keys: the ring of the user", lambda: call("syscall", 250, 0, -4, 1)
    yield "rights: another user", lambda: os.setresuid(1, 1, 1)
    yield "rights: ambient", lambda: call("prctl", 47, 2, 12, 0, 0)


def attempts(event):
    for part in (on_the_network, on_namespaces, on_processes, on_the_machine):
        yield from part(event)


def outcome(attempt):
    try:
        attempt()
    except OSError as error:
        return type(error).__name__
    return "done"


def handler(event, _context):
    return {name: outcome(attempt) for name, attempt in attempts(event)}
