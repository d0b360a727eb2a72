"""Commands of a cloned repository's netful.toml: not run without consent, and run where they reach nothing of the machine."""

import json
import os

import pytest

from tests.helpers.processes import wait_until
from tests.helpers.stacks import WITHOUT_ROOT, Stack

pytestmark = pytest.mark.packets

TEMPLATE = """
Resources:
  Vpc: {Type: AWS::EC2::VPC, Properties: {CidrBlock: 10.0.0.0/16}}
  A: {Type: AWS::EC2::Subnet, Properties: {VpcId: !Ref Vpc, CidrBlock: 10.0.1.0/24}}
  Web: {Type: AWS::EC2::Instance, Properties: {ImageId: ami-1, SubnetId: !Ref A}}
"""
# Each attack is an expression; one that succeeds is printed with its value, and `serves` is what must go on working.
ATTACKS = r"""
import ctypes, json, os, pathlib, signal, socket, sys
libc = ctypes.CDLL(None, use_errno=True)
def called(result):
    if result < 0: raise OSError(ctypes.get_errno(), "refused")
    return result
def written(path):
    with open(path, "a") as file: file.write("x")
    return path
def connected(path):
    with socket.socket(socket.AF_UNIX) as one: one.connect(path)
    return path
def status(name):
    value = next(line for line in open("/proc/self/status") if line.startswith(name)).split()[1]
    if int(value, 16): return value
    raise OSError(name)
secret, state, project, only = (*sys.argv[1:], "")[:4]
attacks = {
    "reads_a_secret": lambda: open(secret).read(),
    "reads_passwords": lambda: open("/etc/shadow").read() or 1 / 0,
    "lists_roots_home": lambda: os.listdir("/root"),
    "lists_homes": lambda: os.listdir("/home"),
    "reads_its_parents_environment": lambda: open("/proc/1/environ").read() if "PRIVATE" in open("/proc/1/environ").read() else 1 / 0,
    "has_the_users_environment": lambda: os.environ["SECRET_TOKEN"],
    "reads_by_the_old_root": lambda: os.listdir("/old"),
    "reaches_by_root_of_pid_1": lambda: open("/proc/1/root" + secret).read(),
    "writes_the_project_file": lambda: written(project + "/netful.toml"),
    "writes_the_template": lambda: written(project + "/template.yaml"),
    "writes_programs": lambda: written("/usr/bin/evil"),
    "writes_settings": lambda: written("/etc/evil"),
    "writes_the_root": lambda: written("/evil"),
    "writes_the_kernels_settings": lambda: written("/proc/sys/kernel/core_pattern"),
    "asks_the_daemon": lambda: connected(state + "/s/control.sock"),
    "reads_the_stacks_key": lambda: open(state + "/s/ca-key.pem").read(),
    "asks_the_system": lambda: connected("/run/dbus/system_bus_socket"),
    "sees_processes": lambda: [pid for pid in os.listdir("/proc") if pid.isdigit() and int(pid) > 50] or 1 / 0,
    "has_capabilities": lambda: status("CapEff:"),
    "may_gain_capabilities": lambda: status("CapBnd:"),
    "becomes_root": lambda: os.setuid(0) if os.getuid() else 1 / 0,
    "mounts": lambda: called(libc.mount(b"none", b"/tmp", b"tmpfs", 0, None)),
    "unmounts": lambda: called(libc.umount2(b"/etc/resolv.conf", 2)),
    "changes_its_root": lambda: os.chroot("/tmp"),
    "enters_a_namespace": lambda: called(libc.setns(os.open("/proc/1/ns/net", os.O_RDONLY), 0)),
    "traces_pid_1": lambda: called(libc.ptrace(16, 1, None, None)),
    "makes_a_device": lambda: os.mknod("/tmp/disk", 0o60600, os.makedev(254, 0)),
    "opens_raw_sockets": lambda: socket.socket(socket.AF_PACKET, socket.SOCK_RAW),
    "opens_raw_addresses": lambda: socket.socket(socket.AF_INET, socket.SOCK_RAW, 1),
    "reaches_the_hypervisor": lambda: socket.socket(40, socket.SOCK_STREAM),
    "uses_rings": lambda: called(libc.syscall(425, 1, ctypes.create_string_buffer(120))),
    "uses_key_rings": lambda: called(libc.syscall(250, 0, -3, 1)),
    "changes_its_address": lambda: os.system("ip addr add 10.0.1.99/24 dev eth0 2>/dev/null") == 0 or 1 / 0,
    "holds_descriptors": lambda: [one for one in range(3, 64) if os.path.exists(f"/proc/self/fd/{one}")] or 1 / 0,
}
found = {}
for name, attack in attacks.items():
    if only and name not in only.split(","): continue
    try: found[name] = repr(attack())
    except Exception: pass
serves = [written(name) for name in (os.environ["HOME"] + "/own", "/tmp/x", "/run/x", "/var/log/x", "/dev/shm/x")]
print("ATTACKS " + json.dumps({"tried": len(attacks), "found": found, "serves": serves}), flush=True)
import http.server
http.server.HTTPServer(("", 80), http.server.SimpleHTTPRequestHandler).serve_forever()
"""
PROJECT = """
[hosts.Web]
command = "exec python3 attacks.py {secret} {state} {project} {only}"
files = {{ "attacks.py" = "attacks.py" }}
health = {{ port = 80 }}
{more}
"""


def cloned(folder, prefix=(), more="", only=()):
    """A stack of a cloned repository, and beside it what is not the repository's."""
    project = folder / "project"
    project.mkdir()
    state = project / "state" if "cwd" in more else folder / "state"
    (folder / "secret").write_text("PRIVATE")
    (project / "template.yaml").write_text(TEMPLATE)
    (project / "attacks.py").write_text(ATTACKS)
    values = {"secret": folder / "secret", "state": state, "project": project, "more": more, "only": ",".join(only)}
    (project / "netful.toml").write_text(PROJECT.format(**values))
    stack = Stack(state, project / "template.yaml", prefix=prefix)
    stack.env |= {"XDG_STATE_HOME": str(folder / "own"), "SECRET_TOKEN": "PRIVATE", "CI": "true"}
    del stack.env["NETFUL_YES"]
    return stack


def reported(stack):
    def line():
        text = stack.netful("logs", "Web", "--stack", "s", check=0).stdout
        return next((one for one in text.splitlines() if one.startswith("ATTACKS ")), None)

    return json.loads(wait_until(line).removeprefix("ATTACKS "))


AS = {"as root": (), "as an ordinary user": WITHOUT_ROOT}


@pytest.mark.parametrize("prefix", AS.values(), ids=AS)
@pytest.mark.parametrize("more", ["", 'cwd = "."'], ids=["in its own folder", "in the project"])
def test_a_command_reaches_nothing_of_the_machine(tmp_path, prefix, more):
    stack = cloned(tmp_path, prefix, more)
    try:
        stack.up("--yes")
        found = reported(stack)
        assert found["tried"] == 34
        assert found["found"] == {}
        [host] = stack.json("status", "--stack", "s")["hosts"]
        assert host["state"] == "running"
    finally:
        stack.netful("down", "--stack", "s")


@pytest.mark.parametrize("prefix", AS.values(), ids=AS)
def test_what_user_data_leaves_in_the_background_reaches_no_more(tmp_path, prefix):
    stack = cloned(tmp_path, prefix)
    project = stack.template.parent / "netful.toml"
    own = project.read_text().splitlines()
    command = next(line for line in own if line.startswith("command")).removeprefix('command = "exec ').rstrip('"')
    project.write_text("\n".join("user_data = true" if command in line else line for line in own))
    script = json.dumps({"Fn::Base64": f"#!/bin/sh\n{command} &\n"})
    stack.template.write_text(TEMPLATE.rstrip().removesuffix("}}") + f", UserData: {script}}}}}\n")
    try:
        refused = stack.netful("up", "-d", "-t", "template.yaml", "--stack", "s", check=2)
        assert "netful.toml:2: Web runs its user data by `/bin/sh`" in refused.stderr
        stack.up("--yes")
        found = reported(stack)
        assert (found["tried"], found["found"]) == (34, {})
        stack.template.write_text(stack.template.read_text().replace("#!/bin/sh", "#!/bin/bash"))
        changed = stack.netful("up", "-d", "-t", "template.yaml", "--stack", "s", check=2)
        assert "Web runs its user data by `/bin/bash`" in changed.stderr
        [host] = stack.json("status", "--stack", "s")["hosts"]
        assert (host["state"], host["restarts"]) == ("running", 0)
    finally:
        stack.netful("down", "--stack", "s")


def test_nothing_runs_without_consent(tmp_path):
    stack = cloned(tmp_path)
    refused = stack.netful("up", "-d", "-t", "template.yaml", "--stack", "s", check=2)
    assert "netful.toml:2: Web runs `exec python3 attacks.py" in refused.stderr
    assert "--yes" in refused.stderr
    assert stack.netful("status", "--stack", "s", check=1).stdout == "s: stopped\n"
    try:
        stack.up("--yes")
        stack.down()
        stack.up()  # it is asked once
        project = tmp_path / "project" / "netful.toml"
        project.write_text(project.read_text().replace("exec python3", "exec /usr/bin/python3"))
        changed = stack.netful("up", "-d", "-t", "template.yaml", "--stack", "s", check=2)
        assert "Web runs `exec /usr/bin/python3" in changed.stderr
        [host] = stack.json("status", "--stack", "s")["hosts"]
        assert (host["state"], host["restarts"]) == ("running", 0)
    finally:
        stack.netful("down", "--stack", "s")


def test_a_terminal_asks(tmp_path):
    """The question is asked on a terminal, and only `y` is a consent."""
    stack = cloned(tmp_path)
    try:
        assert "agree" in answered(stack, b"n\n", 2)
        assert "s is up" in answered(stack, b"y\n", 0)
    finally:
        stack.netful("down", "--stack", "s")


def answered(stack, answer, code):
    """What `up` prints on a terminal where a user answers."""
    import pty  # not on every system

    pid, terminal = pty.fork()
    if pid == 0:
        os.chdir(stack.template.parent)
        os.execve(stack.command, [stack.command, "up", "-d", "--stack", "s"], stack.env)
    printed = b""
    while b"[y/N]" not in printed:
        printed += os.read(terminal, 4096)
    os.write(terminal, answer)
    try:
        while more := os.read(terminal, 4096):
            printed += more
    except OSError:
        pass  # the other side of the terminal is closed
    os.close(terminal)
    assert os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1]) == code
    return printed.decode()


MORE = {
    "environment": {"has_the_users_environment"},
    "files": {"reads_a_secret"},
    "capabilities": {"has_capabilities", "may_gain_capabilities", "opens_raw_sockets", "opens_raw_addresses"},
}


@pytest.mark.parametrize("name", MORE)
def test_more_is_allowed_by_name(tmp_path, name):
    stack = cloned(tmp_path, more=f'allow = ["{name}"]', only=MORE[name])
    try:
        refused = stack.netful("up", "-d", "-t", "template.yaml", "--stack", "s", check=2)
        assert f"(with {name})" in refused.stderr
        stack.up("--yes")
        assert reported(stack)["found"].keys() == MORE[name]
    finally:
        stack.netful("down", "--stack", "s")
