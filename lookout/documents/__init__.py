"""The fields of every document in Firestore: what the functions write, the tests make and the dashboard reads."""
