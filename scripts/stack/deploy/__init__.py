"""Going live: what has to be there first, the deployment, what comes after it, and how to get rid of all."""
