"""Relays to the host, the real internet, and the echo server of the emulated one."""
