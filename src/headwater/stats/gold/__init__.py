"""Gold: how much of it is needed, what it says about people, when it leaks, and when it is wrong itself."""
