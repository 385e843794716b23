"""Google's clients, calls with a limit of time, transactions without locks, triggers, Storage."""
