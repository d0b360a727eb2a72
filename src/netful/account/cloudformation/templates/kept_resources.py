"""Contents that keep the resources of the one before them, for an update that stops halfway."""

import json
from dataclasses import replace

from netful.account.cloudformation.account import Account
from netful.account.cloudformation.records import Content
from netful.account.cloudformation.templates.contents import kept_file
from netful.account.cloudformation.templates.template_text import parsed, section

_MERGED = ("Parameters", "Mappings", "Conditions", "Resources")


def keeping(account: Account, former: Content, content: Content) -> Content:
    """Return a content with the resources that only the former one has, and with what these use."""
    before, after = parsed(former.body), parsed(content.body)
    merged = {name: {**section(before, name), **section(after, name)} for name in _MERGED}
    body = json.dumps({**after, **{name: one for name, one in merged.items() if one}}, default=str)
    return replace(
        content,
        body=body,
        file=kept_file(account, body, {}),
        parameters={**former.parameters, **content.parameters},
        resolved={**former.resolved, **content.resolved},
        original=content.sent,
    )
