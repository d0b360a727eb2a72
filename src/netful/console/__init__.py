"""Web page of a running stack.

Rules:
1. The page is a separate process that uses the control socket as the verbs do. It ends with the stack.
2. It listens on loopback and accepts only a loopback Host, so that no other site's name leads to it. Actions arrive as JSON,
   which a form of another site cannot send.
"""
