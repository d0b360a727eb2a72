"""The web page of a running stack."""
