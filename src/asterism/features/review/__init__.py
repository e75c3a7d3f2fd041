"""Review: findings about the changes of a local checkout, and everything the local app keeps around them."""
