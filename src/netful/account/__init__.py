"""The account: AWS's own APIs over the running cloud, as clients deploy to it and look at it."""
