"""Tables of the operations that a service serves, one module for each of AWS's protocols."""
