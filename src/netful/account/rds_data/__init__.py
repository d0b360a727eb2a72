"""RDS Data API: statements of SQL over HTTP, in the databases that netful runs."""
