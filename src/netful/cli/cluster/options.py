"""The option that makes each template an account of its own, and says where the accounts are analysed."""

from dataclasses import dataclass

LOCAL = "local"
RAY = "ray://"


@dataclass(frozen=True)
class ClusterOptions:
    """Options for many accounts."""

    on: str | None = None
    """Take each `--template` as an account of its own, and print an answer for each when it is ready: `local` analyses them by all
    processors of this machine, `ray://HOST:PORT` on a Ray cluster, `ray://` on the cluster that this machine belongs to. With it,
    `--template 'accounts/*.yaml'` names all files of a pattern."""
