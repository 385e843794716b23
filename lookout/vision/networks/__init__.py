"""The networks: loading, running, detecting, embedding."""
