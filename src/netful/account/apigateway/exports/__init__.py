"""GetExport and ExportApi: OpenAPI documents of what a stage serves, which an import reads back."""

from netful.account.apigateway.exports import http, rest

OPERATIONS = (*rest.OPERATIONS, *http.OPERATIONS)
