"""Sign-in pages and OAuth 2.0 endpoints of user pools' domains."""
