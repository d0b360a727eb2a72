"""Traces of the paths that a failed test has asked for.

pytest keeps the parts of a failed assertion in variables of its frame, so `assert network.can_reach(…)` leaves its answer
there, as `reach = network.can_reach(…)` does.
"""

import pytest

import netful


def traces(raised: pytest.ExceptionInfo[BaseException]) -> list[tuple[str, str, str]]:
    """Return source, destination and text of each answer in the innermost frame that has one."""
    for entry in reversed(raised.traceback):
        found = [one for one in entry.frame.f_locals.values() if isinstance(one, netful.Reach)]
        if found:
            paths = {(one.path.source, one.path.destination): one for one in found}
            return [(*ends, str(one)) for ends, one in paths.items()]
    return []
