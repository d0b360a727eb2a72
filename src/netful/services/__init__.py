"""AWS service endpoints behind the doors, over moto."""
