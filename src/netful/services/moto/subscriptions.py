"""SNS's subscriptions with the ARNs that templates refer to, where moto would generate others.

Runs only in the back end's process.
"""

import sys
from typing import Any

from netful.model.names.subscription_arn import subscription_arn

_MODULE = "moto.sns.models"


def derive_arns() -> None:
    """Derive the ARN of each new subscription, if the service is loaded."""
    module: Any = sys.modules.get(_MODULE)
    if module is None or hasattr(module, "netful_derives_arns"):
        return
    module.netful_derives_arns = True
    make = module.Subscription.__init__

    def init(self: Any, account_id: str, topic: Any, endpoint: str, protocol: str) -> None:
        make(self, account_id, topic, endpoint, protocol)
        self.arn = subscription_arn(topic.arn, protocol, endpoint)

    module.Subscription.__init__ = init
