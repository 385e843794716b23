"""How ``scripts/test`` runs the tests: which go together, what runs at once, what is said."""
