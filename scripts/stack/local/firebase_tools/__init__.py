"""How firebase-tools is started here, and what it has to be helped with."""
