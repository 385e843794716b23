"""Firestore, Storage and Auth: one module per collection. The only room that imports google.* or firebase_admin."""
