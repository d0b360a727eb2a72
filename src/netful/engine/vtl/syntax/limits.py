"""Limits of a template. The first two are AWS quotas (api-gateway §5.7, §5.11); the others protect the gateway."""

TEMPLATE_BYTES = 300 * 1024
LOOP_ITERATIONS = 1_000
# : a payload has 10 MB at most, so no intermediate text needs more
TEXT_LENGTH = 10 * 1024 * 1024
# : Velocity's `velocimacro.max.depth`; `#evaluate` counts too
CALL_DEPTH = 20
# : nesting of directives, brackets and strings
NESTING = 40
# : units of work (`engine.effort.allowance`): for a character of an executed body, for its execution, for a string in quotes
CHARACTER, ENTRY, STRING = 2, 16, 40
# : times that for a character that `#evaluate` compiles
EVALUATED = 20
# : characters of a list of the template, which may contain another one many times
LIST_TEXT_LENGTH = 1024 * 1024
# : elements of one list or range
LIST_LENGTH = 100_000
# : bits of one integer; Java's BigInteger has no such limit
INTEGER_BITS = 1_024
