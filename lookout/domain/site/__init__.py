"""The site: settings, hours, treatments, statistics, expiry, callers and their roles."""
