"""The JSON Schemas of docs/schemas are those of the code, and what netful prints and reads is as they have it."""

import json
import tomllib

import jsonschema
import pytest

import netful
from netful.cli.app import make_app, run
from netful.library.documents.schemas import DOCUMENTS, PUBLISHED_AT, schemas
from tests.docs.test_cli_reference import help_of
from tests.helpers.json_schemas import check
from tests.helpers.places import EXAMPLES, ROOT

FOLDER = ROOT / "docs" / "schemas"
DEMO, APIS = EXAMPLES / "ssm-demo", EXAMPLES / "private-api-everywhere"


def test_the_published_schemas_are_those_of_the_code(request):
    fresh = {f"{name}.schema.json": json.dumps(one, indent=2) + "\n" for name, one in schemas().items()}
    if request.config.getoption("--write-docs", default=False):
        FOLDER.mkdir(exist_ok=True)
        for name, text in fresh.items():
            (FOLDER / name).write_text(text, encoding="utf-8")
    assert {file.name: file.read_text(encoding="utf-8") for file in FOLDER.iterdir()} == fresh, "run `make docs`"


@pytest.mark.parametrize("name", ["netful-toml", *DOCUMENTS])
def test_every_schema_is_on_the_page(name):
    pages = [(ROOT / "docs" / "reference" / page).read_text(encoding="utf-8") for page in ("json.md", "netful-toml.md")]
    assert any(f"../schemas/{name}.schema.json" in page for page in pages)


def test_every_verb_with_json_has_a_schema():
    verbs = {name for name in make_app() if not name.startswith("-")}
    assert {name.partition("-")[0] for name in DOCUMENTS} == {verb for verb in verbs if "--format" in help_of(verb)}


@pytest.mark.parametrize(
    ("name", "words"),
    [
        ("trace", ["trace", "-t", DEMO / "closed-endpoint.yaml", "ReadParameter", "aws:ssm"]),
        ("trace", ["trace", "-t", DEMO / "endpoint.yaml", "ReadParameter", "aws:ssm"]),
        ("trace-matrix", ["trace", "--matrix", "-t", DEMO / "nat.yaml"]),
        ("trace-matrix-apis", ["trace", "--matrix", "--apis", "-t", APIS]),
        ("trace-matrix-apis", ["trace", "--matrix", "--apis", "-t", EXAMPLES / "caching"]),
        ("show", ["show", "-t", APIS]),
        ("show", ["show", "-t", EXAMPLES / "throttling"]),
        ("check", ["check", "-t", DEMO / "closed-endpoint.yaml"]),
        ("test", ["test", DEMO / "network.txt", "-t", DEMO / "closed-endpoint.yaml"]),
        ("diff", ["diff", DEMO / "endpoint.yaml", DEMO / "closed-endpoint.yaml"]),
        ("forecast", ["forecast", "--load", "ReadParameter=10/20", "-t", DEMO / "nat.yaml"]),
        ("explain", ["explain"]),
        ("resilience", ["resilience", "-t", DEMO / "nat.yaml"]),
    ],
)
def test_what_is_printed_is_as_its_schema(name, words, capsys):
    run([*map(str, words), "--format", "json"])
    check(name, json.loads(capsys.readouterr().out))


@pytest.mark.programs
def test_doctor(capsys):
    run(["doctor", "--format", "json"])
    check("doctor", json.loads(capsys.readouterr().out))


@pytest.mark.packets
def test_what_a_stack_answers(tmp_path, monkeypatch, capsys):
    monkeypatch.setenv("NETFUL_STATE", str(tmp_path))
    with netful.up(DEMO / "endpoint.yaml", name="schemas"):
        for name, words in {
            "invoke": ["invoke", "ReadParameter"], "probe": ["probe", "ReadParameter", "aws:ssm"], "ps": ["ps"],
            "probe-matrix": ["probe", "--matrix"],
        }.items():  # fmt: skip
            run([*words, "--format", "json"])
            check(name, json.loads(capsys.readouterr().out))
        for state in ("schemas", "another"):
            run(["status", "--stack", state, "--format", "json"])
            check("status", json.loads(capsys.readouterr().out))


@pytest.mark.parametrize("file", sorted(EXAMPLES.glob("*/netful.toml")), ids=lambda file: file.parent.name)
def test_project_files_are_as_the_schema_and_name_it(file):
    text = file.read_text(encoding="utf-8")
    assert text.startswith(f"#:schema {PUBLISHED_AT}/netful-toml.schema.json\n")
    check("netful-toml", tomllib.loads(text))


def test_a_wrong_setting_is_against_the_schema():
    for wrong in (
        {"host": {}},
        {"hosts": {"Db": {"comand": "x"}}},
        {"clients": {"Far": {"addresses": "1.2.3.4", "edge_ms": -1}}},
    ):
        with pytest.raises(jsonschema.ValidationError):
            check("netful-toml", wrong)
