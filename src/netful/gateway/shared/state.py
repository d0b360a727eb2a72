"""State of a gateway: in its own process, or at a server that several processes share."""

from __future__ import annotations

from typing import TYPE_CHECKING

from netful.engine.waf.counts import Counts
from netful.gateway.admission.authorizer_results import Results
from netful.gateway.admission.firewalls import Rates
from netful.gateway.admission.meter import Meter
from netful.gateway.answers.cache_entries import Entries
from netful.model.core import Frozen

if TYPE_CHECKING:
    from netful.gateway.shared.link import Link


class State(Frozen):
    """A meter, cache entries, results of authorizers, and counts of web ACLs; `link` is the connection to the server, if any."""

    meter: Meter
    entries: Entries
    results: Results
    rates: Rates
    link: Link | None = None

    @classmethod
    def at(cls, url: str = "", stack: str = "", processes: int = 1) -> State:
        """Return the state of a stack at a server that `processes` share; without a URL, in this process. Raises StackError."""
        if not url:
            return cls(Meter(), Entries(), Results(), Counts())
        # these imports take a tenth of a second; only a shared state needs them
        from netful.gateway.shared.entries import SharedEntries  # noqa: PLC0415
        from netful.gateway.shared.link import Link  # noqa: PLC0415
        from netful.gateway.shared.meter import SharedMeter  # noqa: PLC0415
        from netful.gateway.shared.rates import SharedRates  # noqa: PLC0415
        from netful.gateway.shared.results import SharedResults  # noqa: PLC0415

        link = Link(url, stack)
        return cls(SharedMeter(link, processes), SharedEntries(link), SharedResults(link), SharedRates(link), link)

    async def look(self) -> None:
        """Check whether the server is reachable, for `warnings`."""
        if self.link is not None:
            await self.link.greet()

    @property
    def warnings(self) -> tuple[str, ...]:
        """Problems with the server."""
        if self.link is None or not self.link.away:
            return ()
        without = "each process counts by itself, and keeps its own cache, until it does"
        return (f"API Gateway's state at `{self.link.server}` does not answer: {without}",)

    async def close(self) -> None:
        """Close the connection."""
        if self.link is not None:
            await self.link.close()
