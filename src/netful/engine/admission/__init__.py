"""The admission of an API request in the order of AWS, and the logs and metrics of it."""
