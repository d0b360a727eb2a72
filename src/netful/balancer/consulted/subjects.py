"""All subjects of questions, and the load balancers that ask any."""

from collections.abc import Iterable
from pathlib import Path

from netful.balancer.consulted import firewalls, sign_ins, tokens
from netful.balancer.consulted.actions import ASKING, all_actions
from netful.balancer.consulted.claim_signer import ClaimSigner
from netful.balancer.consulted.consultation import consultation
from netful.balancer.consulted.firewalls import Firewalls, acl_before
from netful.balancer.consulted.sign_ins import SignIns
from netful.balancer.consulted.tokens import Tokens
from netful.balancer.consulted.web_calls import WebCall
from netful.model.balancing.load_balancers import LoadBalancer
from netful.model.cloud import Cloud
from netful.services.http.backend_requests import CallHost


def asks(cloud: Cloud, balancer: LoadBalancer) -> bool:
    """Return whether a load balancer leaves any decision to the daemon."""
    return acl_before(cloud, balancer) is not None or any(a.type in ASKING for a in all_actions(cloud, balancer))


class Subjects:
    """Answers to all questions of the load balancers of a cloud, at sockets in `folder`."""

    def __init__(self, folder: Path, call: WebCall, call_host: CallHost, signer: ClaimSigner) -> None:
        self._firewalls = Firewalls()
        self._tokens = Tokens(call)
        self._sign_ins = SignIns(call, call_host, signer)
        subjects = {
            firewalls.SUBJECT: self._firewalls.answer,
            tokens.SUBJECT: self._tokens.answer,
            sign_ins.SUBJECT: self._sign_ins.answer,
            sign_ins.RETURNED: self._sign_ins.returned,
        }
        self._sockets = consultation(folder, subjects)

    async def follow(self, cloud: Cloud, balancers: Iterable[LoadBalancer]) -> None:
        """Answer these load balancers of a cloud from now on."""
        for one in (self._firewalls, self._tokens, self._sign_ins):
            one.follow(cloud)
        await self._sockets.follow(balancer.id for balancer in balancers if asks(cloud, balancer))

    def close(self) -> None:
        """Close all sockets."""
        self._sockets.close()
