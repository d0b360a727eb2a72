"""Web page of a running stack, or of templates.

Rules:
1. A stack's page is a separate process that uses the control socket as the verbs do. It ends with the stack. A page of templates
   ends with its command.
2. It listens on loopback and accepts only a loopback Host, so that no other site's name leads to it.
3. Data and actions need the token in the printed address. It is in the fragment, which no browser sends; the page keeps it in
   its own session storage and not in a cookie, which browsers would send to every port of the host.
"""
