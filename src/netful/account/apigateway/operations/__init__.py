"""Common parts of all operations of the control plane."""
