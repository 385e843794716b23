"""What the commands in scripts/ do beyond setting up: checks, demo, evaluation, drawing."""
