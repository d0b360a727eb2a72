"""moto as the back end of AWS services: calls to it, and corrections of it.

Most modules are one list of like things: a correction or an addition in each.

Rules:
1. All of it runs only in the back end's process (`process`), which has one thread and no network. The daemon imports
   none of it.
2. A module that replaces a part of moto describes moto's behaviour, and why it is not sufficient.
"""
