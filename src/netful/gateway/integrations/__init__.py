"""Integrations of routes: functions, services, web servers."""
