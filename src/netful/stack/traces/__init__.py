"""Traces of a running stack: kept, answered by X-Ray's API, exported to a collector."""
