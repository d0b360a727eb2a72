"""Stages, deployments, API keys and usage plans: things of the live gateway, which calls change without their resource."""
