"""`netful completion`: completion of verbs and options for a shell."""

from typing import Annotated, Literal

from netful.cli.options.parameter import Parameter

_BASH_FILES = ('COMPREPLY=( $(compgen -f -- "${cur}") )', "COMPREPLY=()")
"""Files in Cyclopts' script for bash, which splits names at spaces and ends folders without a slash; bash itself completes them."""

_REGISTERED = {
    "bash": """
complete -o bashdefault -o default -F _netful netful
""",
    "zsh": """
if [[ $funcstack[1] == _netful ]]; then
  _cyclopts_netful "$@"
else
  compdef _cyclopts_netful netful
fi
""",
}
"""Ends of scripts. Cyclopts' one for zsh only defines its function: as a file of `fpath` it must call it, read by `eval` register it."""


def completion(shell: Annotated[Literal["bash", "zsh", "fish"], Parameter(name="SHELL")], /) -> None:
    """Print the completion of verbs and options for a shell: `eval "$(netful completion bash)"`.

    Parameters
    ----------
    shell
        bash, zsh or fish.
    """
    from netful.cli.app import make_app  # noqa: PLC0415  # it has the list of the verbs, this one included

    script = make_app(whole=True).generate_completion(shell=shell)
    print(script.replace(*_BASH_FILES) + _REGISTERED.get(shell, ""))
