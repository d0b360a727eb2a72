"""What user code can see and do in its sandbox, as root and inside a user namespace of one id."""

import json
import subprocess
from pathlib import Path

import pytest

from tests.helpers.lambda_bench import DRIVER, RUNTIME
from tests.helpers.places import ROOT
from tests.helpers.processes import ENOUGH_SECONDS

pytestmark = pytest.mark.packets

PROBE = """
import ctypes, errno, importlib, threading, json, os, pwd, resource, socket, subprocess, sys, traceback

def attempt(call):
    try:
        call()
    except BaseException as error:
        return type(error).__name__
    return "done"

def status(pid="self"):
    with open(f"/proc/{pid}/status") as file:
        return {name: value.strip() for name, _, value in (line.partition(":") for line in file)}

def call(libc, number, *arguments):
    ctypes.set_errno(0)
    result = libc.syscall(ctypes.c_long(number), *map(ctypes.c_long, arguments))
    if number == CLONE and result == 0:
        os._exit(0)
    return errno.errorcode.get(ctypes.get_errno(), "done") if result < 0 else "done"

UNSHARE, CLONE = (272, 56) if os.uname().machine == "x86_64" else (97, 220)
NEWUSER, NEWNET, SIGCHLD = 0x10000000, 0x40000000, 17

def handler(event, context):
    libc = ctypes.CDLL(None, use_errno=True)
    mine = status()
    return {
        "uid": os.getuid(),
        "capabilities": [mine[name] for name in ("CapInh", "CapPrm", "CapEff", "CapBnd", "CapAmb")],
        "no_new_privs": mine["NoNewPrivs"],
        "pids": sorted(int(name) for name in os.listdir("/proc") if name.isdigit()),
        "own_pid": os.getpid(),
        "session": os.getsid(0),
        "links": [name for _, name in socket.if_nameindex()],
        "hostname": socket.gethostname(),
        "localhost": socket.gethostbyname("localhost"),
        "resolv": open("/etc/resolv.conf").read(),
        "root": sorted(os.listdir("/")),
        "run": os.listdir("/run"),
        "dev": sorted(os.listdir("/dev")),
        "cwd": os.getcwd(),
        "task": os.listdir("/var/task"),
        "descriptors": sorted(os.listdir("/proc/self/fd")),
        "limits": {name: resource.getrlimit(getattr(resource, f"RLIMIT_{name}"))
                   for name in ("NOFILE", "CORE", "MEMLOCK")},
        "user": pwd.getpwuid(993).pw_name,
        "tmp_mode": oct(os.stat("/tmp").st_mode & 0o7777),
        "writes": {place: attempt(lambda: open(f"{place}/x", "w")) for place in
                   ("/", "/etc", "/usr", "/var/task", "/var/runtime", "/var/lang", "/var/lang/bin", "/opt", "/dev", "/tmp")},
        "tmp_bytes": os.statvfs("/tmp").f_blocks * os.statvfs("/tmp").f_frsize,
        "mount": libc.mount(b"none", b"/tmp", b"tmpfs", 0, None),
        "umount": libc.umount2(b"/var/task", 2),
        "namespaces": {
            "unshare": call(libc, UNSHARE, NEWUSER),
            "unshare with another": call(libc, UNSHARE, NEWUSER | NEWNET),
            "clone": call(libc, CLONE, NEWUSER | SIGCHLD, 0, 0, 0, 0),
            "clone3": call(libc, 435, 0, 0),
        },
        "thread": attempt(lambda: threading.Thread(target=int).start()),
        "raw_socket": attempt(lambda: socket.socket(socket.AF_INET, socket.SOCK_RAW, 1)),
        "set_hostname": attempt(lambda: socket.sethostname("x")),
        "kill_init": attempt(lambda: os.kill(1, 9)),
        "init_root": attempt(lambda: os.listdir("/proc/1/root/")),
        "imports": {name: attempt(lambda: importlib.import_module(name)) for name in
                    ("boto3", "awslambdaric", "netful", "moto", "rich", "yaml")},
        "boto3_version": attempt(lambda: importlib.import_module("importlib.metadata").version("boto3")),
        "path": sys.path,
        "argv": sys.argv,
        "executable": subprocess.run([sys.executable, "-c", "print('sub')"], capture_output=True, text=True).stdout,
        "by_names": [subprocess.run([f"/var/lang/bin/{name}", "-c", "import sys; print(sys.prefix, sys.hexversion, end='')"],
                                    capture_output=True, text=True).stdout for name in ("python", "python3")],
        "by_itself": f"{sys.prefix} {sys.hexversion}",
        "ca": open(os.environ["AWS_CA_BUNDLE"]).read()[:5] and [open(name).readable() for name in (
            "/etc/ssl/certs/ca-certificates.crt", "/etc/pki/tls/cert.pem", "/etc/pki/ca-trust/extracted/pem/tls-ca-bundle.pem")],
    }
"""


@pytest.fixture(scope="module", params=["root", "user namespace"])
def seen(request, tmp_path_factory) -> dict:
    options = ["--user-namespace"] if request.param == "user namespace" else []
    state = tmp_path_factory.mktemp("state")
    arguments = [*DRIVER, *options, str(state), PROBE]
    result = subprocess.run(arguments, cwd=ROOT, capture_output=True, text=True, timeout=ENOUGH_SECONDS, check=False)
    assert result.returncode == 0, result.stderr
    invocation = json.loads(result.stdout)
    assert invocation["function_error"] is None, invocation["payload"]
    one_id = Path("/proc/self/uid_map").read_text().split()[2] == "1"  # an ordinary user's namespace has no other
    expected_uid = 0 if options or one_id else 993
    return {**json.loads(invocation["payload"]), "expected_uid": expected_uid, "state": str(state)}


def test_no_rights_are_left(seen):
    assert seen["uid"] == seen["expected_uid"]
    assert seen["capabilities"] == ["0000000000000000"] * 5
    assert seen["no_new_privs"] == "1"
    assert (seen["mount"], seen["umount"]) == (-1, -1)
    assert seen["raw_socket"] == "PermissionError"
    assert seen["set_hostname"] == "PermissionError"


def test_no_nested_user_namespace_can_be_made(seen):
    assert seen["namespaces"] == {
        "unshare": "EPERM", "unshare with another": "EPERM", "clone": "EPERM", "clone3": "ENOSYS",
    }  # fmt: skip
    assert seen["thread"] == "done"


def test_only_its_own_processes_are_there(seen):
    assert seen["pids"] == [1, 2]
    assert seen["own_pid"] == 2
    assert seen["session"] == 1
    assert seen["kill_init"] in {"done", "PermissionError"}  # the kernel drops signals to a pid 1 from inside


def test_only_its_own_network_is_there(seen):
    assert seen["links"] == ["lo"]
    assert seen["hostname"] == "sandbox"
    assert seen["localhost"] == "127.0.0.1"
    assert seen["resolv"] == "nameserver 127.0.0.53\n"


def test_the_file_system_is_small_and_read_only(seen):
    assert set(seen["root"]) <= {
        "bin", "dev", "etc", "lib", "lib32", "lib64", "libx32", "mnt", "opt", "proc", "run", "sbin", "tmp", "usr", "var",
    }  # fmt: skip
    assert seen["run"] == []
    assert seen["dev"] == ["fd", "full", "null", "random", "stderr", "stdin", "stdout", "tty", "urandom", "zero"]
    assert {place for place, outcome in seen["writes"].items() if outcome == "done"} == {"/tmp"}
    assert seen["tmp_bytes"] == 512 << 20
    assert (seen["user"], seen["tmp_mode"]) == ("sbx_user1051", "0o1777")
    assert (seen["cwd"], sorted(seen["task"])) == ("/var/task", ["cfnresponse.py", "index.py"])


def test_nothing_of_the_daemon_leaks_in(seen):
    assert seen["descriptors"] == ["0", "1", "2", "3", "4"]  # 3: the Runtime API; 4: the listing itself
    assert seen["limits"] == {"NOFILE": [1024, 1024], "CORE": [0, 0], "MEMLOCK": [65_536, 65_536]}
    assert seen["argv"] == ["/var/runtime/bootstrap.py"]


def test_imports_are_those_of_aws(seen):
    allowed = {name for name, outcome in seen["imports"].items() if outcome == "done"}
    assert allowed == {"boto3", "awslambdaric"}
    assert seen["boto3_version"] == "done"
    assert seen["path"][:4] == ["/var/task", f"/opt/python/lib/{RUNTIME}/site-packages", "/opt/python", "/var/runtime"]
    assert all(path.startswith(("/var/lang/", "/opt/", "/var/")) for path in seen["path"])


def test_programs_and_trust_work(seen):
    assert seen["executable"] == "sub\n"
    assert seen["by_names"] == [seen["by_itself"]] * 2  # layers have scripts that begin with `#!/var/lang/bin/python`
    assert seen["ca"] == [True, True, True]


def test_the_host_sees_no_mount(seen):
    assert seen["state"] not in Path("/proc/self/mountinfo").read_text()
    (root,) = (path for path in Path(seen["state"]).glob("root*") if path.is_dir())
    assert not any(root.iterdir())
