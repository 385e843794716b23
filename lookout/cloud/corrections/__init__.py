"""What owners put right: naming, merging, correcting, and the jobs that finish it."""
