"""Messages, names, pages and errors of the Lambda API."""
