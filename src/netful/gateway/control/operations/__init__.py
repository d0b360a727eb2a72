"""Parts that all operations of the control plane share."""
