"""API Gateway: APIs, stages, usage plans, domains."""
