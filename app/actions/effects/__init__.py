"""What steps do besides moving the process: effects a pack may name, all in the same transaction."""
