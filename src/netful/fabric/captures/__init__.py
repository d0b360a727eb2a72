"""Captures: the packets of interfaces, filtered by the kernel, as pcapng or as summaries."""
