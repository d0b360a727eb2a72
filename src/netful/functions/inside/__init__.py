"""What runs on the sandboxes' side: the root file system, the zygote, the sandbox, the runtime.

Rules of this package:
1. It imports the standard library, `fabric.kernel.syscalls` and itself: it is loaded by a bare `python -I -S`.
2. Every process here dies with its parent, up to the daemon: parent-death signals are set last, and then it is asked
   whether the parent was gone before (fabric §3).
3. User code starts only in `runtime`, after `privileges.drop`.
"""
