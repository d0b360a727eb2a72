"""Integrations at work: functions, services, web servers."""
