"""An error as lines of text, in the user's language."""

from netful.model.core import NetfulError
from netful.render.language import spoken
from netful.render.visible import visible


def error_text(error: NetfulError) -> str:
    """Return the lines of an error; its reason may have several."""
    what, hint = spoken(visible(error.what)), spoken(visible(error.hint))
    why = "\n".join(spoken(visible(line)) for line in error.why.splitlines())
    lines = [str(NetfulError(what, origin=visible(error.origin), why=why))]
    return "\n".join([*lines, f"{spoken('hint')}: {hint}"] if hint else lines)
