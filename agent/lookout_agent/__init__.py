"""The Lookout agent: carries out, in a local network, what the cloud asks of its cameras."""

__version__ = "2.0.0"
