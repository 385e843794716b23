"""Functions run here as on the platform: packages of their lock alone, limits, no writing but in ``/tmp``."""
