"""The chain of migrations, in the order of the parts."""
