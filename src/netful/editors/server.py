"""The language server: documents in, diagnostics, hovers, lenses and fixes out.

A document is analysed a moment after the last change of its text, in a thread, one at a time. Answers to requests are about
the text as it is then; while it cannot be read, hovers and lenses are about the last text that could.
"""

import asyncio
import re
from collections.abc import Iterable
from dataclasses import replace
from importlib.metadata import version
from pathlib import Path
from typing import Any

from lsprotocol import types
from pygls import uris
from pygls.exceptions import JsonRpcException
from pygls.lsp.server import LanguageServer
from pygls.protocol import LanguageServerProtocol

from netful.editors.analysis import Analysis, Options, analyse, is_template, path_of
from netful.editors.built import built_of
from netful.editors.diagnostics import SOURCE, diagnostics
from netful.editors.fixes import fixes
from netful.editors.hovers import hover, reaching

REACH = "netful.reach"
_PAUSE_SECONDS = 0.3
_MOST_NAMES = 3
_ADDRESS, _ADDRESS_END = re.compile(r"[\w.]*$"), re.compile(r"^[\w.]*")
_WATCHED = ("**/cdk.out/manifest.json", "**/*plan*.json", "**/*.py", "**/netful.toml")
"""Files that findings come from, and that clients open for other servers or not at all."""


class _Protocol(LanguageServerProtocol):
    """The protocol, with an answer to a request whose parameters are malformed."""

    def structure_message(self, data: dict[str, Any]) -> Any:
        """Return a message from its JSON object."""
        try:
            return super().structure_message(data)
        except JsonRpcException as error:
            if "id" in data and "method" in data:
                self._send_response(data["id"], error=error.to_response_error())
            raise


class Server(LanguageServer):
    """A language server with the analyses of its open templates."""

    def __init__(self) -> None:
        super().__init__("netful", version("netful"), protocol_cls=_Protocol)
        self.options = Options()
        self._analyses: dict[str, tuple[dict[Path, str], int, Analysis]] = {}
        self._found: dict[str, dict[str, list[types.Diagnostic]]] = {}  # by document and file, the latest analysis last
        self._waiting: dict[str, asyncio.Task[None]] = {}
        self._one_at_a_time = asyncio.Lock()

    async def analysis(self, uri: str) -> Analysis | None:
        """Return the analysis of a document as it is now; None if it is not a template, and nothing was built of it."""
        async with self._one_at_a_time:
            path, text = _path(uri), self._text(uri)
            built = built_of(path) if path else None
            if path is None or text is None or not (built or is_template(text)):
                return None
            read = self.read(path, text)
            known = self._analyses.get(uri)
            stamp = built.stamp if built else 0
            if known is None or known[:2] != (read, stamp):
                made = await asyncio.to_thread(analyse, path, read, self.options, built)
                if made.error and known:
                    made = replace(made, network=known[2].network)
                known = self._analyses[uri] = (read, stamp, made)
            return known[2]

    def _text(self, uri: str) -> str | None:
        """Return the text of a document; None for a closed one whose file cannot be read."""
        try:
            return self.workspace.get_text_document(uri).source
        except (OSError, UnicodeDecodeError):
            return None

    def read(self, path: Path, text: str) -> dict[Path, str]:
        """Return the texts that are read with a text of a document in place of files, by absolute path."""
        others = self.workspace.text_documents.values() if self.options.templates else ()
        return {other: one.source for one in others if (other := _path(one.uri)) is not None} | {path: text}

    def look(self, uri: str, pause: float = 0.0) -> None:
        """Analyse a document after a pause and publish its diagnostics, unless it changes again before."""
        if waiting := self._waiting.pop(uri, None):
            waiting.cancel()
        self._waiting[uri] = asyncio.get_running_loop().create_task(self._look(uri, pause))

    async def _look(self, uri: str, pause: float) -> None:
        await asyncio.sleep(pause)
        analysis = await self.analysis(uri)
        found = (
            {uris.from_fs_path(str(file)) or "": ones for file, ones in diagnostics(analysis).items()}
            if analysis
            else {}
        )
        before = self._found.pop(uri, {})
        self._found[uri] = found
        self._publish(before | found)

    def _publish(self, files: Iterable[str]) -> None:
        """Publish the diagnostics of files: those of the latest analysis that is about the file."""
        for uri in files:
            ones = next((found[uri] for found in reversed(self._found.values()) if uri in found), [])
            self.text_document_publish_diagnostics(types.PublishDiagnosticsParams(uri=uri, diagnostics=ones))

    def forget(self, uri: str) -> None:
        """Forget a document that was closed, and withdraw its diagnostics where no other one has any."""
        if waiting := self._waiting.pop(uri, None):
            waiting.cancel()
        self._analyses.pop(uri, None)
        self._publish(self._found.pop(uri, {}))

    def read_again(self, pause: float = 0.0) -> None:
        """Analyse all open documents again after a pause: a file that one of them names has changed."""
        for uri, (_, _, analysis) in self._analyses.items():
            self._analyses[uri] = ({}, 0, analysis)  # of no text; its network stays for one that cannot be read
        for uri in self.workspace.text_documents:
            self.look(uri, pause)


def _path(uri: str) -> Path | None:
    found = uris.to_fs_path(uri)
    return path_of(found) if found and uri.startswith("file:") else None


def make_server() -> Server:
    """Return a language server, ready to start."""
    server = Server()

    @server.feature(types.INITIALIZE)
    def _initialize(ls: Server, params: types.InitializeParams) -> None:
        root = uris.to_fs_path(params.root_uri) if params.root_uri else None
        ls.options = Options.given(params.initialization_options, Path(root) if root else None)

    @server.feature(types.INITIALIZED)
    async def _initialized(ls: Server, _params: types.InitializedParams) -> None:
        workspace = ls.client_capabilities.workspace
        watched = workspace.did_change_watched_files if workspace else None
        if watched and watched.dynamic_registration:
            watchers = [types.FileSystemWatcher(pattern) for pattern in _WATCHED]
            options = types.DidChangeWatchedFilesRegistrationOptions(watchers)
            method = types.WORKSPACE_DID_CHANGE_WATCHED_FILES
            await ls.client_register_capability_async(
                types.RegistrationParams([types.Registration("watched", method, options)])
            )

    @server.feature(types.WORKSPACE_DID_CHANGE_WATCHED_FILES)
    async def _file_changed(ls: Server, _params: types.DidChangeWatchedFilesParams) -> None:
        ls.read_again(_PAUSE_SECONDS)

    @server.feature(types.TEXT_DOCUMENT_DID_OPEN)
    async def _opened(ls: Server, params: types.DidOpenTextDocumentParams) -> None:
        ls.look(params.text_document.uri)

    @server.feature(types.TEXT_DOCUMENT_DID_CHANGE)
    async def _changed(ls: Server, params: types.DidChangeTextDocumentParams) -> None:
        ls.look(params.text_document.uri, _PAUSE_SECONDS)

    @server.feature(types.TEXT_DOCUMENT_DID_SAVE)
    async def _saved(ls: Server, _params: types.DidSaveTextDocumentParams) -> None:
        ls.read_again()

    @server.feature(types.TEXT_DOCUMENT_DID_CLOSE)
    def _closed(ls: Server, params: types.DidCloseTextDocumentParams) -> None:
        ls.forget(params.text_document.uri)

    server.feature(types.TEXT_DOCUMENT_HOVER)(_hover)
    server.feature(types.TEXT_DOCUMENT_CODE_LENS, types.CodeLensOptions(resolve_provider=True))(_lenses)
    server.feature(types.CODE_LENS_RESOLVE)(_resolved)
    kinds = types.CodeActionOptions(code_action_kinds=[types.CodeActionKind.QuickFix])
    server.feature(types.TEXT_DOCUMENT_CODE_ACTION, kinds)(_actions)
    server.command(REACH)(_show_reach)
    return server


async def _hover(ls: Server, params: types.HoverParams) -> types.Hover | None:
    """Return what is known of the resource whose name is under the cursor."""
    analysis = await ls.analysis(params.text_document.uri)
    if analysis is None:
        return None
    document = ls.workspace.get_text_document(params.text_document.uri)
    parts = document.word_at_position(params.position, _ADDRESS, _ADDRESS_END).split(".")
    address = ".".join(parts[:2])
    words = (document.word_at_position(params.position), address, f"{address}[0]")
    text = hover(analysis, words, params.position.line + 1)
    return types.Hover(types.MarkupContent(types.MarkupKind.Markdown, text)) if text else None


async def _lenses(ls: Server, params: types.CodeLensParams) -> list[types.CodeLens]:
    """Return a lens for each resource that has a place in the network; its text comes when it is shown."""
    uri = params.text_document.uri
    analysis = await ls.analysis(uri)
    if analysis is None or analysis.network is None:
        return []
    cloud = analysis.network.cloud
    return [
        types.CodeLens(_line(line - 1), data={"uri": uri, "name": resource.id})
        for line, resource in analysis.resources().items()
        if line and (resource.id in cloud.compute.functions or cloud.network.interfaces_of(resource.id))
    ]


async def _resolved(ls: Server, lens: types.CodeLens) -> types.CodeLens:
    data: Any = lens.data
    title = await _reach_text(ls, data["uri"], data["name"], most=_MOST_NAMES)
    lens.command = types.Command(title=title, command=REACH, arguments=[data["uri"], data["name"]])
    return lens


async def _show_reach(ls: Server, uri: str, name: str) -> str:
    """Show everything that reaches a resource, and everything that it reaches."""
    text = await _reach_text(ls, uri, name, most=1_000)
    ls.window_show_message(types.ShowMessageParams(types.MessageType.Info, f"{name}: {text}"))
    return text


async def _reach_text(ls: Server, uri: str, name: str, *, most: int) -> str:
    analysis = await ls.analysis(uri)
    if analysis is None or analysis.network is None:
        return "cannot be read"
    to, from_ = await asyncio.to_thread(reaching, analysis.network, name)
    to, from_ = analysis.network.readable((to, from_))
    return f"reached by {_listed(to, most)} · reaches {_listed(from_, most)}"


def _listed(names: list[str], most: int) -> str:
    shown = ", ".join(names[:most])
    return (f"{shown} and {len(names) - most} more" if len(names) > most else shown) or "nothing"


async def _actions(ls: Server, params: types.CodeActionParams) -> list[types.CodeAction]:
    """Return the quick fixes of the findings that the client names."""
    uri = params.text_document.uri
    analysis, path = await ls.analysis(uri), _path(uri)
    if analysis is None or path is None:
        return []
    made = []
    for diagnostic in params.context.diagnostics:
        if diagnostic.source == SOURCE and isinstance(diagnostic.data, list):
            found = await asyncio.to_thread(_fixes, ls, analysis, path, tuple(map(str, diagnostic.data)))
            made += [_action(uri, diagnostic, *one) for one in found]
    return made


def _fixes(ls: Server, analysis: Analysis, path: Path, key: tuple[str, ...]) -> list[tuple[str, types.TextEdit]]:
    def reanalyse(text: str) -> Analysis:
        return analyse(path, ls.read(path, text), ls.options)

    return [
        (fix.title, types.TextEdit(types.Range(types.Position(fix.first, 0), types.Position(fix.end, 0)), fix.text))
        for fix in fixes(analysis, key, reanalyse)
    ]


def _action(uri: str, diagnostic: types.Diagnostic, title: str, edit: types.TextEdit) -> types.CodeAction:
    return types.CodeAction(
        title=title, kind=types.CodeActionKind.QuickFix, diagnostics=[diagnostic],
        edit=types.WorkspaceEdit(changes={uri: [edit]}), is_preferred="ignore" not in title,
    )  # fmt: skip


def _line(number: int) -> types.Range:
    return types.Range(types.Position(number, 0), types.Position(number, 0))
