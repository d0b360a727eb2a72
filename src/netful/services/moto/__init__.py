"""moto as the back end of AWS's services: how it is called, and where it is mended.

Rules:
1. All of it runs in the back end's process only (`process`), which has one thread and no network; the daemon imports none of it.
2. A module that replaces some of moto says what moto does instead, and why that will not do.
"""
