"""APIs of API Gateway: the API, stage and route of a request, and the form of the request."""
