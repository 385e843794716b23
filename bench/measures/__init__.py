"""What is measured, a module for each name that ``scripts/bench`` knows."""
