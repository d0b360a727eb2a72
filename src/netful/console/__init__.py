"""The web page of a running stack.

Rules:
1. A process of its own that speaks to the daemon as the verbs do, by the control socket. It ends with the stack.
2. It listens on the loopback and answers only to a Host that is one, so that no other site's name leads to it; what acts
   comes as JSON, which a form of another site cannot send.
"""
