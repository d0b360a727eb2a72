"""GetExport and ExportApi: OpenAPI documents of what a stage serves, which an import reads back."""
