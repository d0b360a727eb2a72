"""Step Functions by moto's interpreter of the Amazon States Language: its calls, its executions, its expressions."""
