"""What people are told, by which rules, and once."""
