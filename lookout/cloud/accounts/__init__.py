"""Who calls: ID tokens, roles, and the browsers that receive pushes."""
