"""Talk: chats, the runs that answer them, and what a model is given to read."""
