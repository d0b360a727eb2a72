"""Events of AWS's services as functions receive them, with the names of a stack."""
