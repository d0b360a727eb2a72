"""Walk of a packet through VPCs, and the components on its way."""
