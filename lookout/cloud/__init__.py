"""Firestore, Storage and Auth: one module per collection. Only this room imports google.* or firebase_admin."""
