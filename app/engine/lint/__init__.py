"""What is wrong with a diagram, before anybody files under it? One file per kind of mistake."""
