"""Networks made ready for this machine: adapted, made light, and held against the published ones."""
