"""The agent's account, its Firestore client, and the commands it reads and answers there."""
