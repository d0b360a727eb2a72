"""HTTP as API Gateway and load balancers treat it: headers, media types, compression, CORS, WebSocket frames."""
