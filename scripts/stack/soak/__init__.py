"""Minutes of visits with faults among them, and the audit of what is stored afterwards."""
