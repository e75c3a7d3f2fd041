"""`/api/sessions`: conversations about a project."""
