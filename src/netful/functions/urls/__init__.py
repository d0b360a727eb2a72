"""Function URLs: HTTP straight into a function (lambda §3.9), without the sockets around it."""
