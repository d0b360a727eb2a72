"""The process of AWS back ends, its state and its queues."""
