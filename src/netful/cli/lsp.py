"""`netful lsp`: the language server for editors."""

import os
import sys

from netful.model.core import extras


def lsp() -> None:
    """Serve an editor by the Language Server Protocol, on stdin and stdout.

    Findings as diagnostics on save and while typing, hovers, lenses that show who reaches a resource, quick fixes. Options of
    the client (`initializationOptions`): `templates` that are read together, `parameters`, `region`.
    """
    extras.require("lsp", "`netful lsp` needs")
    from netful.editors.server import make_server  # noqa: PLC0415  # the protocol takes half a second

    with os.fdopen(os.dup(sys.stdout.fileno()), "wb") as answers:  # the server closes the file to which it writes
        make_server().start_io(stdout=answers)
