"""A function's code: a folder, a zip, inline text, or an error that says what is wrong."""

import asyncio
import os
import re
import shutil
import stat
import zipfile
from dataclasses import replace
from pathlib import Path

import pytest

from netful.engine.authorization.sessions import keys_of
from netful.functions.code import node_sdk, package, runtimes
from netful.functions.code.package import Package
from netful.functions.code.source_watch import SourceWatch
from netful.functions.environments.service import FunctionService
from netful.functions.inside import privileges
from netful.functions.invocations.invocation import InvokeRefused
from netful.model.core import Origin, Resource, StackError, Unknown
from netful.model.functions.function import Code
from tests.helpers.client_authorities import Signer
from tests.helpers.lambda_bench import VERSION, function_of

pytestmark = pytest.mark.packets

HANDLER = "def handler(event, context):\n    import helper\n    return helper.value\n"
ORIGIN = Origin("template.yaml", 7)


def with_code(**code):
    return replace(function_of(""), code=Code(origin=ORIGIN, **code), origin=ORIGIN)


@pytest.fixture
def source(tmp_path) -> Path:
    folder = tmp_path / "src"
    folder.mkdir()
    (folder / "index.py").write_text(HANDLER)
    (folder / "helper.py").write_text("value = 'helped'\n")
    return folder


def prepared(function, made, layers=None):
    """The package of a function in a folder of its own, and what it has in /opt."""
    return package.prepare(function, Package(function.id, made / function.id, (), layers=layers))


async def invoke(service: FunctionService):
    return await service.invoke("Fn")


def test_a_folder_is_used_as_it_is(bench, source):
    function = with_code(local_path=str(source))
    assert prepared(function, bench.state / "made").folder == source
    assert bench.run(function, invoke).payload == b'"helped"'
    assert sorted(path.name for path in source.iterdir()) == ["helper.py", "index.py"]


def test_a_folder_that_is_closed_to_others_is_copied(bench, source):
    (source / "helper.py").chmod(0o600)
    assert bench.run(with_code(local_path=str(source)), invoke).payload == b'"helped"'
    assert (source / "helper.py").stat().st_mode & 0o777 == 0o600


@pytest.mark.skipif(not privileges.has_many_ids(), reason="an ordinary user owns only own files")
@pytest.mark.parametrize("named", ["", "index.py"])
def test_what_only_another_user_may_read_is_not_copied(source, tmp_path, named):
    (source / "index.py").chmod(0o600)
    os.chown(source, 1000, 1000)
    with pytest.raises(StackError, match=r"only another user may read: `.*index.py`"):
        prepared(with_code(local_path=str(source / named)), tmp_path / "made")
    assert not any((tmp_path / "made").rglob("index.py"))


def test_code_is_watched_without_a_folder_that_only_another_user_may_read(source, monkeypatch):
    (source / "closed").mkdir(mode=0)
    monkeypatch.chdir(source)
    user = os.geteuid()
    os.seteuid(1000 if privileges.has_many_ids() else user)  # root reads everything
    try:
        watch = SourceWatch(Path())
    finally:
        os.seteuid(user)
    (source / "new.py").touch()
    assert watch.changed(surely=True)


def test_a_zip_is_unpacked(bench, source, tmp_path):
    archive = tmp_path / "code.zip"
    with zipfile.ZipFile(archive, "w") as file:
        for path in source.iterdir():
            file.write(path, path.name)
    assert bench.run(with_code(local_path=str(archive)), invoke).payload == b'"helped"'


def test_one_file_is_a_package_of_its_own(bench, tmp_path):
    alone = tmp_path / "index.py"
    alone.write_text("def handler(event, context):\n    return 'alone'\n")
    (tmp_path / "other.py").write_text("")
    function = with_code(local_path=str(alone))
    assert [path.name for path in prepared(function, bench.state / "made").folder.iterdir()] == ["index.py"]
    assert bench.run(function, invoke).payload == b'"alone"'


def test_a_file_named_as_a_zip_must_be_one(tmp_path):
    archive = tmp_path / "code.zip"
    archive.write_text(HANDLER)
    with pytest.raises(StackError, match="is not a zip file"):
        prepared(with_code(local_path=str(archive)), tmp_path / "made")


def test_inline_code_finds_the_module_for_custom_resources(bench):
    code = "import cfnresponse\ndef handler(event, context):\n    return cfnresponse.FAILED\n"
    assert bench.run(with_code(inline=code), invoke).payload == b'"FAILED"'


def test_parts_of_the_sdk_for_javascript_that_are_missing_are_named(tmp_path, monkeypatch):
    modules, own = tmp_path / "modules", tmp_path / "src"
    (modules / "@aws-sdk/client-s3").mkdir(parents=True)
    (own / "node_modules/@aws-sdk/client-ssm").mkdir(parents=True)
    (own / "index.mjs").write_text(
        'import { S3Client } from "@aws-sdk/client-s3";\n'
        "import { SSMClient } from '@aws-sdk/client-ssm';\n"
        'import { SQSClient } from "@aws-sdk/client-sqs";\n'
        'import{SNSClient}from"@aws-sdk/client-sns";const sts=require("@aws-sdk/client-sts"),iam=import("@aws-sdk/client-iam/x")\n'
        'const kind = Symbol.for("@smithy/nor"), warned = "@aws-sdk/core/protocols - WARN"\n'  # as in a bundle
    )
    monkeypatch.setenv("NETFUL_NODE_MODULES", str(modules))
    function = replace(with_code(local_path=str(own)), runtime="nodejs20.x")
    (warning,) = node_sdk.warnings([function], {function.id: prepared(function, tmp_path / "made")})
    assert re.findall("@aws-sdk/[a-z0-9-]+", warning.partition("hint:")[2]) == [
        f"@aws-sdk/client-{name}" for name in ("iam", "sns", "sqs", "sts")
    ]


@pytest.mark.parametrize("way_out", ["../../theirs", "/{}/theirs"])
def test_a_zip_changes_nothing_outside_its_folder(tmp_path, way_out):
    theirs, archive = tmp_path / "theirs", tmp_path / "code.zip"
    theirs.write_text("theirs")
    theirs.chmod(0o600)
    member = zipfile.ZipInfo(way_out.format(tmp_path))
    member.external_attr = 0o777 << 16
    with zipfile.ZipFile(archive, "w") as file:
        file.writestr(member, "ours")
        file.writestr("index.py", HANDLER)
    made = prepared(with_code(local_path=str(archive)), tmp_path / "made").folder
    assert (theirs.read_text(), theirs.stat().st_mode & 0o777) == ("theirs", 0o600)
    unpacked = [path for path in made.rglob("*") if path.is_file()]
    assert {path.name: oct(path.stat().st_mode & 0o777) for path in unpacked} == {
        "theirs": "0o777",
        "index.py": "0o644",
    }


@pytest.mark.parametrize(("at", "byte"), [(6, 1), (8, 9), (38, 0xFF)], ids=["encrypted", "packed otherwise", "broken"])
def test_a_zip_that_cannot_be_unpacked_is_none(tmp_path, at, byte):
    archive = tmp_path / "code.zip"
    with zipfile.ZipFile(archive, "w", zipfile.ZIP_DEFLATED) as file:
        file.writestr("index.py", HANDLER * 10)
    content = bytearray(archive.read_bytes())
    content[at] = byte
    listed = content.index(b"PK\x01\x02")  # the same in the list at the end, which has two bytes more before it
    if at < 10:
        content[listed + at + 2] = byte
    archive.write_bytes(content)
    with pytest.raises(StackError, match="is not a zip file"):
        prepared(with_code(local_path=str(archive)), tmp_path / "made")


def test_the_package_wins_over_what_aws_brings(bench, source):
    (source / "boto3.py").write_text("value = 'own'\n")
    (source / "index.py").write_text("import boto3\ndef handler(event, context):\n    return boto3.value\n")
    assert bench.run(with_code(local_path=str(source)), invoke).payload == b'"own"'


@pytest.mark.parametrize(
    ("code", "what"),
    [
        ({"local_path": "/nowhere/src"}, "the code of `Fn` is missing: `/nowhere/src`"),
        ({"why": "it is in a bucket"}, "the code of `Fn` is not here"),
    ],
)
def test_code_that_cannot_be_had_is_that_functions_problem_only(bench, code, what):
    async def body(service):
        with pytest.raises(StackError) as problem:
            await service.invoke("Fn")
        return problem.value, service.problems

    problem, problems = bench.run(with_code(**code), body)
    assert problem.what == what
    assert problem.origin == ORIGIN
    assert problems == {"Fn": problem}


@pytest.mark.parametrize(
    ("text", "clients"),
    [
        ("import boto3\nssm = boto3.client('ssm')\ntable = boto3.resource(\n  \"dynamodb\")\n", ("ssm", "dynamodb")),
        ("from aws_lambda_powertools import boto3\n", ("sts",)),
        ("robot = client('ssm')\n", ()),
    ],
)
def test_the_clients_that_the_source_makes(tmp_path, text, clients):
    (tmp_path / "index.py").write_text(text)
    assert prepared(with_code(local_path=str(tmp_path)), tmp_path).clients == clients


def test_a_boto3_client_has_the_functions_own_region_and_keys(bench):
    source = (
        "import boto3\n"
        "def handler(event, context):\n"
        "    keys = boto3.Session().get_credentials()\n"
        "    client = boto3.client('ssm')\n"
        "    own = client._request_signer._credentials\n"
        "    return [client.meta.region_name, own.access_key == keys.access_key, own.access_key, client._endpoint.http_session._verify]\n"
    )
    payload = bench.run(source, invoke).payload
    key = keys_of(function_of("")).access_key_id
    assert payload.decode() == f'["eu-west-1", true, "{key}", "/etc/pki/tls/certs/ca-bundle.crt"]'


@pytest.mark.parametrize(
    ("changes", "what"),
    [
        ({"runtime": "ruby3.4"}, "`Fn` has the runtime `ruby3.4`, which netful does not run"),
        ({"runtime": Unknown("a parameter")}, "the runtime of `Fn` is not known"),
        ({"runtime": ""}, "the runtime of `Fn` is not known"),
    ],
)
def test_a_runtime_that_cannot_be_had(changes, what):
    with pytest.raises(StackError) as problem:
        runtimes.family_of(replace(with_code(inline=""), **changes))
    assert problem.value.what == what


def test_another_version_of_python_is_a_warning():
    own = with_code(inline="")
    old, older = replace(own, runtime="python3.9"), replace(own, id="Older", runtime="python3.1")
    assert runtimes.warnings([own, old, older]) == [
        "template.yaml:7: `Fn` asks for Python 3.9 and runs on " + VERSION,
        "template.yaml:7: `Older` asks for Python 3.1 and runs on " + VERSION,
    ]


def test_functions_of_one_version_share_its_warning():
    old = [replace(with_code(inline=""), id=name, runtime="python3.9") for name in ("A", "B", "C")]
    told = f"Python 3.9 and run on {VERSION}"
    assert runtimes.warnings(old[:2]) == [f"template.yaml:7: `A` and `B` ask for {told}"]
    assert runtimes.warnings(old) == [f"template.yaml:7: `A` and 2 more ask for {told}"]


def test_a_function_without_a_handler_is_a_problem(bench):
    async def body(service):
        return service.problems["Fn"].what

    function = replace(with_code(inline=""), handler=Unknown("a parameter"))
    assert bench.run(function, body) == "the handler of `Fn` is not known"


def edit_of_a_layer(source):
    """A function whose helper is in a layer."""
    layer = source.with_name("layer")
    (layer / "python").mkdir(parents=True)
    helper = (source / "helper.py").rename(layer / "python" / "helper.py")
    found = Resource("Layer", "AWS::Lambda::LayerVersion", {"Content": str(layer)}, origin=ORIGIN)
    return helper, {"layers": ("Layer",), "resources": {"Layer": found}}


def edit_of_a_closed_file(source):
    (source / "helper.py").chmod(0o600)
    return source / "helper.py", {}


def edit_of_a_folder_that_is_built_again(source):
    """What `sam build` does: the folder is removed, and made again with all its files."""

    class Built:
        def write_text(self, text):
            fresh = source.with_name("fresh")
            shutil.copytree(source, fresh)
            (fresh / "helper.py").write_text(text)
            shutil.rmtree(source)
            fresh.rename(source)

    return Built(), {}


EDITS = [
    lambda source: (source / "helper.py", {}), edit_of_a_closed_file, edit_of_a_layer, edit_of_a_folder_that_is_built_again,
]  # fmt: skip


@pytest.mark.parametrize("edit", EDITS)
def test_an_edit_shows_at_the_next_invocation(bench, source, edit):
    helper, more = edit(source)

    async def body(service):
        answers = [(await service.invoke("Fn")).payload]
        for word in ("edited", "edited again"):
            helper.write_text(f"value = '{word}'\n")
            while answers[-1] != f'"{word}"'.encode():  # it looks only now and then
                answers.append((await service.invoke("Fn")).payload)
        while len([*(bench.state / ".uploads").iterdir()]) > 1:  # noqa: ASYNC110  # what only the first edit needed goes
            await asyncio.sleep(0.01)
        return (await service.invoke("Fn")).usage.init_ms

    assert bench.run(with_code(local_path=str(source)), body, **more) is None
    assert [attachment.closed for attachment in bench.attachments] == [True, True, True]


def test_a_folder_of_code_that_is_gone_is_named(bench, source):
    async def body(service):
        await service.invoke("Fn")
        shutil.rmtree(source)
        with pytest.raises(InvokeRefused) as refused:
            await service.invoke("Fn", cold=True)
        return refused.value.message

    told = bench.run(with_code(local_path=str(source)), body)
    assert told == f"a sandbox could not be started: the folder of its code, `{source}`, does not exist"


def test_functions_share_a_copy_of_the_same_layers(bench, source):
    """Also after an edit, until the last of them has read it again."""
    helper, more = edit_of_a_layer(source)
    other = replace(with_code(inline=HANDLER), layers=more["layers"])

    async def body(service):
        def copies():
            return [*(bench.state / ".uploads").iterdir()]

        before = copies()
        helper.write_text("value = 'edited'\n")
        answers = dict.fromkeys(("Fn", "Other"), b"")
        while set(answers.values()) != {b'"edited"'}:  # it looks only now and then
            answers = {id_: (await service.invoke(id_)).payload for id_ in answers}
        while len(copies()) > 1:  # noqa: ASYNC110  # the first copy goes
            await asyncio.sleep(0.01)
        return before, copies()

    before, after = bench.run(with_code(local_path=str(source)), body, others={"Other": other}, **more)
    assert len(before) == len(after) == 1
    assert before != after


def test_a_zip_that_unpacks_to_more_than_lambda_allows_is_refused(bench, tmp_path):
    file = tmp_path / "bomb.zip"
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as archive:
        for number in range(26):
            archive.writestr(f"{number}", b"0" * 10_485_760)
    with pytest.raises(StackError) as refused:
        prepared(with_code(local_path=str(file)), bench.state / "made")
    assert str(package.LARGEST_UNZIPPED) in refused.value.why
    assert not [path for path in bench.state.rglob("*") if path.stat().st_size > 1 << 20 and path != file]


def with_links(file, links):
    """A zip with a handler in a folder, and links as `zip -y` writes them."""
    with zipfile.ZipFile(file, "w") as archive:
        archive.writestr("real/app.py", "def handler(event, context): return 'linked'")
        for name, target in links.items():
            link = zipfile.ZipInfo(name)
            link.external_attr = (stat.S_IFLNK | 0o777) << 16
            archive.writestr(link, target)
    return replace(with_code(local_path=str(file)), handler="index.handler")


@pytest.mark.parametrize(
    "links",
    [{"index.py": "real/app.py"}, {"index.py": "via/app.py", "via": "real"}, {"index.py": "real/../real/app.py"}],
)
def test_a_link_in_a_zip_is_a_link(bench, tmp_path, links):
    invocation, _ = bench.invoke(with_links(tmp_path / "code.zip", links))
    assert invocation.payload == b'"linked"'


@pytest.mark.parametrize(
    "links",
    [
        {"index.py": "/etc/passwd"},
        {"index.py": "../secret"},
        {"index.py": "here/../secret", "here": "."},
        {"index.py": "x" * 5000},
        {"index.py": "a\0b"},
        {"index.py": ""},
        {"via/app.py": "../real/app.py", "via": "real"},
    ],
)
def test_a_link_that_leads_out_of_its_zip_or_nowhere_is_refused(bench, tmp_path, links):
    with pytest.raises(StackError):
        prepared(with_links(tmp_path / "code.zip", links), bench.state / "made")
    assert not [path for path in bench.state.rglob("*") if path.is_symlink() and path.exists()]


def test_code_that_is_a_named_pipe_is_refused(bench, tmp_path):
    os.mkfifo(tmp_path / "code.zip")
    with pytest.raises(StackError):
        prepared(with_code(local_path=str(tmp_path / "code.zip")), bench.state / "made")


def test_bundles_of_rds_are_found_in_code_and_layers(tmp_path):
    """By their content: they have many names."""
    of_rds = Signer("Amazon RDS Root 2019 CA", ca=True).pem
    other = Signer("Another authority", ca=True).pem
    code, layer = tmp_path / "code", tmp_path / "layer"
    for file, text in {
        code / "index.py": "handler = print",
        code / "certs/eu.pem": other + of_rds,
        code / "other.pem": other,
        code / "broken.pem": "-----BEGIN CERTIFICATE-----\n=\n-----END CERTIFICATE-----",
        code / "rds.txt": of_rds,
        code / "large.pem": of_rds + " " * (1 << 20),
        layer / "rds-combined-ca-bundle.crt": of_rds,
    }.items():
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(text)
    made = prepared(with_code(local_path=str(code)), tmp_path / "made", layer)
    assert made.bundles == ("/var/task/certs/eu.pem", "/opt/rds-combined-ca-bundle.crt")
