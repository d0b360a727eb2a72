"""Code on the sandboxes' side: the root file system, the zygote, the sandbox, the runtime.

Rules of this package:
1. It imports the standard library, `fabric.kernel.syscalls` and itself: a bare `python -I -S` loads it.
2. Every process here dies with its parent, up to the daemon. The parent-death signal is set last; then the process
   checks whether the parent ended before (fabric §3).
3. User code starts only in `runtime`, after `privileges.drop`.
"""
