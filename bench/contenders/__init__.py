"""What is measured, in processes of its own: the original's recipe, Lookout, and ``detect`` as it is served."""
