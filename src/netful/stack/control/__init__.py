"""The control socket, the settings and the state folder of a stack."""
