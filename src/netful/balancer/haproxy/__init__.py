"""HAProxy's configuration for load balancers: one list of like modules, a part of the configuration in each."""
