"""Entry point of the command: an interrupt while Python still imports ends it without a word, as it ends other programs."""

import _signal as signal  # type: ignore[import-not-found]  # built in; `signal` imports for 20 ms
import gc
import sys

_ALLOCATIONS = 200_000  # until garbage is searched; most verbs make fewer objects, and what is imported stays
gc.set_threshold(_ALLOCATIONS)
_HANDLED = signal.getsignal(signal.SIGINT) is signal.default_int_handler  # it may be ignored
if _HANDLED:
    signal.signal(signal.SIGINT, signal.SIG_DFL)


def main() -> None:
    """Run the command line, and end with its exit code."""
    from netful.cli.app import INTERRUPTED, run  # noqa: PLC0415  # after the interrupt is taken care of
    from netful.cli.options import streams  # noqa: PLC0415

    try:
        if _HANDLED:
            signal.signal(signal.SIGINT, signal.default_int_handler)
        streams.prepare()
        code = run(sys.argv[1:])
    except KeyboardInterrupt:
        code = INTERRUPTED
    sys.exit(code)
