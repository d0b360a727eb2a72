"""The language server, asked by pygls's own client as an editor asks it."""

import asyncio
import json
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
from pygls import uris

from tests.helpers.late import late
from tests.helpers.places import ROOT

pytestmark = pytest.mark.programs
types = late("lsprotocol.types")
DEMO = ROOT / "examples" / "ssm-demo"
_SECONDS = 60


class Editor:
    """An editor with one server and one document."""

    def __init__(self, client, published):
        self.client = client
        self.published = published
        self.messages = []
        self.registered = []

    def open(self, file):
        self.file = file
        self.uri = uris.from_fs_path(str(file))
        self.version = 1
        item = types.TextDocumentItem(self.uri, file.suffix, self.version, file.read_text())
        self.client.text_document_did_open(types.DidOpenTextDocumentParams(item))

    def type(self, text):
        """Replace the text of the document, without saving it."""
        self.version += 1
        identifier = types.VersionedTextDocumentIdentifier(uri=self.uri, version=self.version)
        change = types.TextDocumentContentChangeWholeDocument(text)
        self.client.text_document_did_change(types.DidChangeTextDocumentParams(identifier, [change]))

    def save(self):
        self.client.text_document_did_save(types.DidSaveTextDocumentParams(types.TextDocumentIdentifier(self.uri)))

    def close(self):
        self.client.text_document_did_close(types.DidCloseTextDocumentParams(types.TextDocumentIdentifier(self.uri)))

    async def diagnostics(self, uri=None):
        """The next diagnostics of a document."""
        while True:
            params = await asyncio.wait_for(self.published.get(), _SECONDS)
            if params.uri == (uri or self.uri):
                return [*params.diagnostics]

    async def hover(self, word):
        params = types.HoverParams(types.TextDocumentIdentifier(self.uri), self.place(word))
        return await self.client.text_document_hover_async(params)

    async def lenses(self):
        params = types.CodeLensParams(types.TextDocumentIdentifier(self.uri))
        found = await self.client.text_document_code_lens_async(params)
        return {lens.range.start.line + 1: await self.client.code_lens_resolve_async(lens) for lens in found}

    def place(self, word):
        for number, line in enumerate(self.file.read_text().splitlines()):
            if word in line:
                return types.Position(number, line.index(word) + 1)
        raise AssertionError(word)

    async def actions(self, diagnostic):
        context = types.CodeActionContext([diagnostic])
        params = types.CodeActionParams(types.TextDocumentIdentifier(self.uri), diagnostic.range, context)
        return await self.client.text_document_code_action_async(params)


def edit(scenario, options=None, root=None):
    """Run a scenario in an editor."""
    from pygls.lsp.client import LanguageClient

    async def run():
        client, published = LanguageClient("editor", "1"), asyncio.Queue()
        editor = Editor(client, published)
        client.feature(types.TEXT_DOCUMENT_PUBLISH_DIAGNOSTICS)(lambda params: published.put_nowait(params))  # noqa: PLW0108  # pygls marks functions
        client.feature(types.WINDOW_SHOW_MESSAGE)(lambda params: editor.messages.append(params.message))
        client.feature(types.CLIENT_REGISTER_CAPABILITY)(lambda params: editor.registered.extend(params.registrations))
        await client.start_io(str(Path(sys.executable).with_name("netful")), "lsp")
        root_uri = uris.from_fs_path(str(root)) if root else None
        watching = types.DidChangeWatchedFilesClientCapabilities(dynamic_registration=True)
        capabilities = types.ClientCapabilities(types.WorkspaceClientCapabilities(did_change_watched_files=watching))
        await client.initialize_async(
            types.InitializeParams(capabilities, root_uri=root_uri, initialization_options=options)
        )
        client.initialized(types.InitializedParams())
        try:
            return await scenario(editor)
        finally:
            await client.shutdown_async(None)
            client.exit(None)
            await client.stop()

    return asyncio.run(run())


@pytest.fixture
def closed(tmp_path):
    """The demo's template with one wrong rule, in a folder of its own."""
    shutil.copytree(DEMO, tmp_path, dirs_exist_ok=True)
    return tmp_path / "closed-endpoint.yaml"


def applied(text, action):
    [edits] = action.edit.changes.values()
    [one] = edits
    lines = text.splitlines(keepends=True)
    return "".join([*lines[: one.range.start.line], one.new_text, *lines[one.range.end.line :]])


def by_code(found):
    return {one.code: one for one in found if one.code}


def test_findings_are_diagnostics_at_their_line(closed):
    async def scenario(editor):
        editor.open(closed)
        return by_code(await editor.diagnostics())

    found = edit(scenario)
    line = closed.read_text().splitlines()[found["NF204"].range.start.line]
    assert line.strip() == "EndpointSg:"
    assert found["NF204"].range.start.character == line.index("EndpointSg")
    assert found["NF204"].severity is types.DiagnosticSeverity.Error
    assert "hint: let `EndpointSg` admit tcp/443" in found["NF204"].message
    assert found["NF204"].code_description.href.endswith("NF204.md")


def test_a_finding_in_code_is_a_diagnostic_of_that_file(closed):
    async def scenario(editor):
        editor.open(closed)
        return await editor.diagnostics(uris.from_fs_path(str(closed.parent / "read_parameter" / "app.py")))

    assert [one.code for one in edit(scenario)] == ["NF601"]


def test_code_that_changes_renews_its_findings(closed):
    code = closed.parent / "read_parameter" / "app.py"

    async def scenario(editor):
        editor.open(closed)
        await editor.diagnostics(uris.from_fs_path(str(code)))
        [watched] = editor.registered
        assert {"globPattern": "**/*.py"} in watched.register_options["watchers"]
        code.write_text("def handler(event, context): pass\n")
        editor.client.workspace_did_change_watched_files(types.DidChangeWatchedFilesParams([]))
        return await editor.diagnostics(uris.from_fs_path(str(code)))

    assert edit(scenario) == []


def test_unsaved_text_is_analysed_while_typing(closed):
    async def scenario(editor):
        editor.open(closed)
        before = by_code(await editor.diagnostics())
        editor.type((DEMO / "endpoint.yaml").read_text())
        return before, by_code(await editor.diagnostics())

    before, after = edit(scenario)
    assert "NF204" in before
    assert "NF204" not in after
    assert "10.0.9.0/24" in closed.read_text()


def test_a_text_that_is_not_valid_is_an_error_at_its_line(closed):
    async def scenario(editor):
        editor.open(closed)
        await editor.diagnostics()
        editor.type("Resources:\n  A: [\n")
        broken = await editor.diagnostics()
        editor.type("Resources: {T: {Type: AWS::SNS::Topic}}\n")
        return broken, await editor.diagnostics()

    broken, empty = edit(scenario)
    assert [(one.severity, one.range.start.line) for one in broken] == [(types.DiagnosticSeverity.Error, 2)]
    assert empty == []


def test_closing_withdraws_the_diagnostics(closed):
    async def scenario(editor):
        editor.open(closed)
        await editor.diagnostics()
        editor.close()
        return await editor.diagnostics()

    assert edit(scenario) == []


def test_closing_leaves_what_another_open_document_finds(closed):
    code = uris.from_fs_path(str(closed.parent / "read_parameter" / "app.py"))

    async def scenario(editor):
        for template in (closed, closed.with_name("public-subnet.yaml")):
            editor.open(template)
            await editor.diagnostics(code)
        editor.close()
        return await editor.diagnostics(code)

    assert [one.code for one in edit(scenario)] == ["NF601"]


def test_a_closed_document_without_a_file_has_no_hover(closed):
    async def scenario(editor):
        editor.open(closed)
        await editor.diagnostics()
        place = editor.place("EndpointSg:")
        closed.unlink()
        editor.close()
        document = types.TextDocumentIdentifier(editor.uri)
        return await editor.client.text_document_hover_async(types.HoverParams(document, place))

    assert edit(scenario) is None


def session(*messages):
    """The code, output and errors of a server that gets messages as they are written here."""
    bodies = [json.dumps({"jsonrpc": "2.0", **message}).encode() for message in messages]
    asked = b"".join(b"Content-Length: %d\r\n\r\n%b" % (len(body), body) for body in bodies)
    program = str(Path(sys.executable).with_name("netful"))
    ended = subprocess.run([program, "lsp"], input=asked, capture_output=True, timeout=_SECONDS, check=False)
    return ended.returncode, ended.stdout.decode(), ended.stderr.decode()


START = {"id": 1, "method": "initialize", "params": {"processId": None, "rootUri": None, "capabilities": {}}}
END = {"id": 2, "method": "shutdown"}, {"method": "exit"}


def test_a_session_ends_without_an_error():
    code, answers, errors = session(START, *END)
    assert (code, errors) == (0, "")
    assert '"id": 2' in answers


def test_malformed_parameters_are_answered():
    hover = {"id": 3, "method": "textDocument/hover", "params": {"position": "here"}}
    code, answers, _ = session(START, hover, *END)
    assert code == 0
    assert '"id": 3}' in answers
    assert '"code": -32602' in answers


def test_other_yaml_has_no_diagnostics(tmp_path):
    file = tmp_path / "compose.yaml"
    file.write_text("services: {}\n")

    async def scenario(editor):
        editor.open(file)
        params = types.HoverParams(types.TextDocumentIdentifier(editor.uri), types.Position(0, 2))
        return await editor.client.text_document_hover_async(params), editor.published.empty()

    assert edit(scenario) == (None, True)


def test_lenses_stay_at_their_resources_while_the_text_cannot_be_read(closed):
    async def scenario(editor):
        editor.open(closed)
        await editor.diagnostics()
        closed.write_text("# a new line\n" + closed.read_text() + "  Half\n")
        editor.type(closed.read_text())
        await editor.diagnostics()
        editor.save()
        lenses = await editor.client.text_document_code_lens_async(
            types.CodeLensParams(types.TextDocumentIdentifier(editor.uri))
        )
        places = {lens.data["name"]: lens.range.start.line for lens in lenses}
        return places, editor.place("ReadParameter:").line, await editor.hover("EndpointSg:")

    places, line, hover = edit(scenario)
    assert places["ReadParameter"] == line
    assert "admits tcp/443 from 10.0.9.0/24" in hover.contents.value


@pytest.mark.parametrize(
    ("word", "parts"),
    [
        ("PrivateSubnet:", ["AWS::EC2::Subnet", "isolated", "ways out, by PrivateRouteTable"]),
        ("EndpointSg:", ["admits tcp/443 from 10.0.9.0/24", "NF204 high"]),
        ("ReadParameter:", ["10.0.1.5 in PrivateSubnet (isolated), with FunctionSg", "lets out all"]),
    ],
)
def test_hover(closed, word, parts):
    async def scenario(editor):
        editor.open(closed)
        return (await editor.hover(word)).contents.value

    text = edit(scenario)
    assert [part for part in parts if part not in text] == []
    assert "\\n" not in text


def test_lenses_show_who_reaches_a_resource(closed):
    async def scenario(editor):
        editor.open(closed)
        lenses = await editor.client.text_document_code_lens_async(
            types.CodeLensParams(types.TextDocumentIdentifier(editor.uri))
        )
        resolved = [await editor.client.code_lens_resolve_async(lens) for lens in lenses]
        command = resolved[0].command
        shown = await editor.client.workspace_execute_command_async(
            types.ExecuteCommandParams(command.command, command.arguments)
        )
        return {lens.data["name"]: lens.command.title for lens in resolved}, shown, editor.messages

    titles, shown, messages = edit(scenario)
    assert set(titles) == {"ReadParameter", "SsmEndpoint"}
    assert titles["ReadParameter"].startswith("reached by nothing")
    assert messages == [f"ReadParameter: {shown}"]


def test_a_fix_removes_its_finding(closed):
    async def scenario(editor):
        editor.open(closed)
        finding = by_code(await editor.diagnostics())["NF204"]
        return await editor.actions(finding)

    admit, ignore = edit(scenario)
    assert admit.title == "netful: let EndpointSg admit tcp/443 from FunctionSg"
    assert (admit.is_preferred, ignore.is_preferred) == (True, False)
    fixed = applied(closed.read_text(), admit)
    assert "SourceSecurityGroupId: !GetAtt FunctionSg.GroupId" in fixed
    closed.write_text(fixed)

    async def again(editor):
        editor.open(closed)
        return by_code(await editor.diagnostics())

    assert "NF204" not in edit(again)


REFERENCE = """\
Resources:
  Vpc: {Type: AWS::EC2::VPC, Properties: {CidrBlock: 10.0.0.0/16}}
  Subnet:
    Type: AWS::EC2::Subnet
    Properties:
      VpcId: Vpc
      CidrBlock: 10.0.1.0/24
"""


@pytest.mark.parametrize(
    ("text", "code", "title", "line"),
    [
        (REFERENCE, "NF715", "netful: write !Ref Vpc", "      VpcId: !Ref Vpc"),
        (
            "Resources:\n  # netful: ignore[NF101] no reason\n  Vpc: {Type: AWS::EC2::VPC, Properties: {CidrBlock: 10.0.0.0/16}}\n",
            "NF001",
            "netful: remove the comment",
            "Resources:",
        ),
    ],
)
def test_mechanical_hints_are_fixes(tmp_path, text, code, title, line):
    file = tmp_path / "template.yaml"
    file.write_text(text)

    async def scenario(editor):
        editor.open(file)
        finding = by_code(await editor.diagnostics())[code]
        return await editor.actions(finding)

    action = {one.title: one for one in edit(scenario)}[title]
    fixed = applied(text, action).splitlines()
    assert line in fixed
    assert not any("ignore[" in one for one in fixed)


def test_options_of_the_client_settle_missing_values(tmp_path):
    file = tmp_path / "template.yaml"
    file.write_text(
        "Parameters: {SubnetId: {Type: String}, Used: {Type: String}}\nConditions: {IsUsed: !Equals [!Ref Used, 'true']}\n"
        "Resources:\n  Host:\n    Type: AWS::EC2::Instance\n    Condition: IsUsed\n    Properties: {SubnetId: !Ref SubnetId}\n"
    )
    (tmp_path / "net.yaml").write_text(
        "Resources:\n  V: {Type: AWS::EC2::VPC, Properties: {CidrBlock: 10.0.0.0/16}}\n"
        "  Inner: {Type: AWS::EC2::Subnet, Properties: {VpcId: !Ref V, CidrBlock: 10.0.1.0/24}}\n"
    )

    async def scenario(editor):
        editor.open(file)
        return (await editor.hover("Host:")).contents.value

    options = {"templates": ["template.yaml", "net.yaml"], "region": "eu-west-1"}
    options["parameters"] = {"SubnetId": "Inner", "Used": True}
    assert "in Inner (isolated)" in edit(scenario, options, tmp_path)


def test_a_fix_is_tried_with_the_unsaved_text_of_the_other_templates(closed):
    other = closed.with_name("other.yaml")
    other.write_text("Resources: {T: {Type: AWS::SNS::Topic}}\n")

    async def scenario(editor):
        editor.open(other)
        other.write_text("Resources: [\n")
        editor.open(closed)
        return await editor.actions(by_code(await editor.diagnostics())["NF107"])

    assert edit(scenario, {"templates": [closed.name, other.name]}, closed.parent)
