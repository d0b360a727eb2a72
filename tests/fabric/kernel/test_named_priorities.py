"""Names of priorities in rulesets: nft 1.0.6, as in Debian 12, accepts each at its own hook only."""

import re
from pathlib import Path

import netful.fabric

_CHAIN = re.compile(r"hook (\w+) priority (dstnat|srcnat)\b")
_HOOKS = {"dstnat": "prerouting", "srcnat": "postrouting"}


def test_each_name_is_at_its_own_hook():
    texts = {file: file.read_text() for file in Path(netful.fabric.__file__).parent.rglob("*.py")}
    chains = [(file.name, *chain) for file, text in texts.items() for chain in _CHAIN.findall(text)]
    assert chains
    assert [one for one in chains if _HOOKS[one[2]] != one[1]] == []
