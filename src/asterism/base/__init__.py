"""The ground floor: errors, ids, time and pagination. Imports nothing of ours."""
