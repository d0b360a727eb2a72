"""What bounds a template. The first two are AWS's quotas (api-gateway §5.7, §5.11); the rest keep a gateway alive."""

from __future__ import annotations

TEMPLATE_BYTES = 300 * 1024
LOOP_ITERATIONS = 1_000
#: A payload is 10 MB at most, so no text on the way to it need be longer.
TEXT_LENGTH = 10 * 1024 * 1024
#: Velocity's own `velocimacro.max.depth`; `#evaluate` counts too.
CALL_DEPTH = 20
#: Directives, brackets and strings inside one another.
NESTING = 40
#: Characters of template executed and of text built in one render: about a second of work.
WORK = 20_000_000
#: Elements of one list or range.
LIST_LENGTH = 100_000
#: Bits of one integer; Java's BigInteger would go on.
INTEGER_BITS = 1_024
