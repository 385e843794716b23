"""HTTP in and out: reads requests, checks callers, turns errors into JSON. The only room that knows Flask."""
