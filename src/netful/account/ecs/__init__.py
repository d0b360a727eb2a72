"""The API of ECS: clusters, task definitions, services and tasks by their place in the network."""
