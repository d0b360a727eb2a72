"""Resources of load balancers, tasks and databases that AWS refuses. Each function yields their ids with the reason."""
