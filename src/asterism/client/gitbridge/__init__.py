"""History to and from git repositories."""
