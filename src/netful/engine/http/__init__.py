"""HTTP in API Gateway and load balancers: headers, media types, compression, CORS, streaming, errors."""
