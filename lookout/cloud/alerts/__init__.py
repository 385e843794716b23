"""One alert per visit: visits, alert documents, pictures, notices."""
