"""The domain: what the product does, free of HTTP and of vendors."""
