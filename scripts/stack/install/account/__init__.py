"""Who is signed in to Google here."""
