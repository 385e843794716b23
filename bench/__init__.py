"""The benchmarks behind the README's figures; ``scripts/bench`` runs them."""
