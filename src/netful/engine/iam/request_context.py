"""Context of a request: the known values of its condition keys."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from netful.model.core import Frozen


class Context(Frozen):
    """Values by the lower-case names of their keys; the keys in `absent` are known to be unset.

    A key with an own name (`aws:PrincipalTag/team`) is absent if its first part is. `variables` is True if policy variables are
    replaced, as in documents of the version 2012-10-17, False if they are literal text, and None if the document's version is
    not known.
    """

    values: Mapping[str, str | tuple[str, ...]]
    absent: frozenset[str]
    variables: bool | None = True

    @classmethod
    def of(
        cls, values: Mapping[str, str | tuple[str, ...]], absent: Iterable[str], *, variables: bool | None
    ) -> Context:
        """Return the context with these values, with case-insensitive keys."""
        lower = {key.lower(): value for key, value in values.items()}
        return cls(lower, frozenset(key.lower() for key in absent), variables)

    def given(self, key: str) -> tuple[str, ...] | None:
        """Return the values of a key: empty if it is absent, None if that is not known."""
        name = key.lower()
        found = self.values.get(name)
        if found is None:
            return () if name.partition("/")[0] in self.absent or name in self.absent else None
        return (found,) if isinstance(found, str) else found
