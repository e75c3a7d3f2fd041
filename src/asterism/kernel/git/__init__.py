"""Git: the program run safely, its output read exactly."""
