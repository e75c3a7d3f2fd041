"""`/api/settings` and `/api/settings/trust`."""
