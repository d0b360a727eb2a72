"""Functions that are container images: what runs, where, as which user, with which variables."""

import asyncio
import json
from dataclasses import replace
from importlib.util import find_spec
from pathlib import Path

import pytest

from netful.functions.inside import privileges
from netful.model.core import Origin, StackError
from netful.model.functions.function import Code, Function
from netful.model.functions.images import OF_IMAGE, Image, ImageConfig
from tests.helpers.images import PYTHON, TestImage, entry, libraries_of, python_layer, tar

pytestmark = pytest.mark.packets

APP = """
import json, os, urllib.request, ssl, socket
def tried(write):
    try:
        return write() and "done"
    except OSError as refused:
        return type(refused).__name__
api = f"http://{os.environ['AWS_LAMBDA_RUNTIME_API']}/2018-06-01/runtime/invocation"
while True:
    with urllib.request.urlopen(f"{api}/next") as event:
        id_, payload = event.headers["Lambda-Runtime-Aws-Request-Id"], json.load(event)
    expression = payload if isinstance(payload, str) else "None"
    answer = json.dumps(eval(expression)).encode()
    urllib.request.urlopen(f"{api}/{id_}/response", answer).close()
"""


@pytest.fixture(autouse=True, scope="module")
def cache(tmp_path_factory):
    """One cache for all tests of the module, so that Python is unpacked once."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("XDG_CACHE_HOME", str(tmp_path_factory.mktemp("cache")))
        yield


@pytest.fixture
def made(tmp_path):
    """Return a function with an image of these files above Python, and this configuration."""

    def make(files=None, config=None, image_config=OF_IMAGE, **changes):
        layers = [python_layer(), tar({"app/main.py": APP, **(files or {})})]
        defaults = {"Entrypoint": [PYTHON], "Cmd": ["/app/main.py"]}
        layout = TestImage(layers, {**defaults, **(config or {})}).layout(tmp_path / "layout", packed=False)
        image = Image("app:1", str(layout), origin=Origin("netful.toml", 1))
        function = Function("Fn", "my-fn", Code(), package_type="Image", image=image, image_config=image_config)
        return replace(function, timeout=60, **changes)

    return make


def answer(bench, function, expression="None"):
    invocation, _ = bench.invoke(function, json.dumps(expression).encode())
    return json.loads(invocation.payload)


def test_an_image_answers(bench, made):
    assert answer(bench, made(), "[1 + 1, __file__]") == [2, "/app/main.py"]


def test_user_and_root_of_an_image(bench, made):
    function = made({"app/data": "x"})
    wanted = (
        "[os.getuid(), tried(lambda: open('/app/new', 'w')), tried(lambda: open('/tmp/new', 'w')),"
        " tried(lambda: open('/etc/hosts', 'w')), os.path.exists('/dev/null'), os.path.exists('/run/packages'),"
        " sorted(os.listdir('/app')), os.listdir('/sys'), tried(lambda: os.mkdir('/opt2'))]"
    )
    uid, app, tmp, hosts, null, packages, listed, sys_, folder = answer(bench, function, wanted)
    assert uid == (privileges.SANDBOX_UID if privileges.has_many_ids() else 0)
    assert (app, tmp, hosts, folder) == ("OSError", "done", "OSError", "OSError")
    assert (null, packages, listed, sys_) == (True, False, ["data", "main.py"], [])


def test_no_way_out_of_an_image(bench, made):
    """The machine's files are not there, nor are processes of another sandbox."""
    wanted = "[os.path.exists(p) for p in (%r, '/proc/1/root/work', '/etc/shadow')] + [len([p for p in os.listdir('/proc') if p.isdigit()])]"
    assert answer(bench, made(), wanted % __file__) == [False, False, False, 2]


def test_variables_of_an_image_then_of_the_function_then_of_lambda(bench, made):
    config = {"Env": ["A=image", "B=image", "PATH=/usr/bin", "AWS_REGION=mars", "LANG=C"]}
    function = made(config=config, environment={"B": "function"})
    names = ["A", "B", "PATH", "AWS_REGION", "LANG", "_HANDLER", "AWS_LAMBDA_FUNCTION_NAME", "AWS_EXECUTION_ENV"]
    wanted = f"[os.environ.get(name) for name in {names}]"
    assert answer(bench, function, wanted) == [
        "image", "function", "/usr/bin", "eu-west-1", "C", "/app/main.py", "my-fn", None,
    ]  # fmt: skip


def test_image_config_replaces_each_setting(bench, made):
    config = {"Entrypoint": ["/bad"], "Cmd": ["/bad"], "WorkingDir": "/bad"}
    own = ImageConfig(entry_point=("python3",), command=("main.py",), working_directory="/app")
    assert answer(bench, made(config=config, image_config=own), "[os.getcwd(), __file__]") == ["/app", "/app/main.py"]


def test_image_config_leaves_the_other_settings(bench, made):
    config = {"Entrypoint": [PYTHON, "-B"], "Cmd": ["/bad"], "WorkingDir": "/app"}
    function = made(config=config, image_config=ImageConfig(command=("/app/main.py",)))
    assert answer(bench, function, "os.getcwd()") == "/app"


def test_removed_and_replaced_files(bench, tmp_path, made):
    lower = tar({"data/gone": "1", "data/kept": "2", "folder/old": "3", "file": "4"})
    upper = tar([("data/.wh.gone", ""), ("folder/.wh..wh..opq", ""), ("folder/new", "5"), ("file/inner", "6")])
    layers = [python_layer(), lower, upper, tar({"app/main.py": APP})]
    config = {"Entrypoint": [PYTHON], "Cmd": ["/app/main.py"]}
    archive = TestImage(layers, config).docker_archive(tmp_path / "image.tar")
    function = replace(made(), image=Image("app:1", str(archive)))
    assert answer(bench, function, "[sorted(os.listdir(p)) for p in ('/data', '/folder', '/file')]") == [
        ["kept"], ["new"], ["inner"],
    ]  # fmt: skip


def test_links_of_an_image_in_place_of_mount_points(bench, made):
    """Links where netful mounts do not lead a mount elsewhere."""
    links = {
        "tmp": "/app",
        "dev": "/app",
        "proc": "/app",
        "etc/hosts": "/app/main.py",
        "etc/resolv.conf": "/app/main.py",
    }
    function = made(dict(entry(name, b"2", target) for name, target in links.items()))
    wanted = "[os.listdir('/app'), 'null' in os.listdir('/dev'), open('/etc/resolv.conf').read()[:10]]"
    assert answer(bench, function, wanted) == [["main.py"], True, "nameserver"]


@pytest.mark.parametrize(
    ("config", "error"),
    [
        ({"Entrypoint": ["/not/there"]}, ("Runtime.InvalidEntrypoint", "fork/exec /not/there: no such file or directory")),
        ({"Entrypoint": ["nothing"]}, ("Runtime.InvalidEntrypoint", 'exec: "nothing": executable file not found in $PATH')),
        ({"WorkingDir": "/nowhere"}, ("Runtime.InvalidWorkingDir", "chdir /nowhere: no such file or directory")),
    ],
    ids=["entry point", "on the path", "working directory"],
)  # fmt: skip
def test_an_image_that_cannot_start(bench, made, config, error):
    invocation, log = bench.invoke(made(config=config))
    payload = json.loads(invocation.payload)
    assert payload["errorType"] == error[0]
    assert payload["errorMessage"].endswith(f"Error: {error[1]}")
    assert error[0] in log


def test_an_image_without_a_program_does_not_run(bench, made):
    with pytest.raises(StackError):
        bench.invoke(made(config={"Entrypoint": None, "Cmd": None}))


def test_a_function_whose_image_is_not_here(bench, made):
    function = replace(made(), image=None, image_uri="123.dkr.ecr.eu-west-1.amazonaws.com/orders:1")

    async def body(service):
        return service.problems["Fn"]

    problem = bench.run(function, body)
    assert '[images."orders:1"]' in problem.why
    assert "docker save" in problem.hint


def test_extensions_of_an_image(bench, made):
    extension = f"""#!{PYTHON}
import json, os, urllib.request
api = f"http://{{os.environ['AWS_LAMBDA_RUNTIME_API']}}/2020-01-01/extension"
ask = urllib.request.Request(f"{{api}}/register", b'{{"events": ["INVOKE"]}}', {{"Lambda-Extension-Name": "watcher"}})
id_ = urllib.request.urlopen(ask).headers["Lambda-Extension-Identifier"]
print("registered", flush=True)
while True:
    urllib.request.urlopen(urllib.request.Request(f"{{api}}/event/next", headers={{"Lambda-Extension-Identifier": id_}}))
"""
    invocation, log = bench.invoke(made({"opt/extensions/watcher": extension}), b'"1"')
    assert json.loads(invocation.payload) == 1
    assert "registered" in log


def test_the_layout_of_aws_base_images(bench, tmp_path):
    """`/lambda-entrypoint.sh` takes the handler and runs `/var/runtime/bootstrap`: here awslambdaric with its native client."""
    packages = Path(find_spec("awslambdaric").origin).parent.parent
    own = ("awslambdaric", "simplejson", "snapshot_restore_py.py", "runtime_client")
    files = {
        f"var/runtime/{path.relative_to(packages)}": path.read_bytes()
        for path in packages.rglob("*")
        if path.is_file() and path.relative_to(packages).parts[0].startswith(own) and path.suffix in {".py", ".so"}
    }
    files |= {
        "var/runtime/bootstrap": f'#!/bin/sh\nexport PYTHONPATH=/var/runtime\nexec {PYTHON} -m awslambdaric "$_HANDLER"\n',
        "lambda-entrypoint.sh": '#!/bin/sh\n[ $# -eq 1 ] || exit 142\nexport _HANDLER="$1"\n'
        '[ -n "$AWS_LAMBDA_RUNTIME_API" ] || exit 1\nexec /var/runtime/bootstrap\n',
        "var/task/app.py": "import os\ndef handler(event, context):\n    return [event, os.getcwd(), context.function_name]\n",
    }
    config = {"Entrypoint": ["/lambda-entrypoint.sh"], "Cmd": ["app.handler"], "WorkingDir": "/var/task"}
    libraries = {str(path)[1:]: path.read_bytes() for path in libraries_of(next(packages.glob("runtime_client*.so")))}
    layers = [python_layer(), tar(libraries), tar(files)]
    layout = TestImage(layers, config).layout(tmp_path / "layout", packed=False)
    function = Function(
        "Fn", "my-fn", Code(), package_type="Image", image=Image("i", str(layout)), timeout=60, memory_size=512
    )

    async def body(service):
        first = await service.invoke("Fn", b'{"n": 1}')
        second = await service.invoke("Fn", b'{"n": 2}')
        many = await asyncio.gather(*(service.invoke("Fn", b'{"n": 3}') for _ in range(3)))
        return [json.loads(one.payload) for one in (first, second, *many)]

    assert bench.run(function, body) == [[{"n": n}, "/var/task", "my-fn"] for n in (1, 2, 3, 3, 3)]
