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
#: One unit is a character of a loop's or macro's body that is run, or 16 characters of text that are made.
WORK = 10_000_000
#: Characters of a list of the template's own, which may hold another many times over.
LIST_TEXT_LENGTH = 1024 * 1024
#: Elements of one list or range.
LIST_LENGTH = 100_000
#: Bits of one integer; Java's BigInteger would go on.
INTEGER_BITS = 1_024
