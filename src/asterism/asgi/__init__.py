"""The HTTP edge that all faces share: requests in, transactions around use cases, responses and streams out."""
