"""`netful completion`: completion of verbs and options for a shell."""

from typing import Annotated, Literal

from netful.cli.options.parameter import Parameter

_CORRECTIONS = (
    # files in bash: Cyclopts splits names at spaces and ends folders without a slash; bash itself completes them
    ('COMPREPLY=( $(compgen -f -- "${cur}") )', "COMPREPLY=()"),
    # a function may have the name of a verb: only the first word is one
    ('if [[ " $all_commands "', 'if [[ ${#cmd_path[@]} -eq 0 && " $all_commands "'),
    (
        'if string match -q -- "* $word *" " $all_commands "',
        'if not count $subcommands >/dev/null; and string match -q -- "* $word *" " $all_commands "',
    ),
    # a command that runs elsewhere has files, in zsh
    (", after --.'", ", after --.:_files'"),
)
"""Texts of Cyclopts' scripts, and what they become."""

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
    for correction in _CORRECTIONS:
        script = script.replace(*correction)
    print(script + _REGISTERED.get(shell, ""))
