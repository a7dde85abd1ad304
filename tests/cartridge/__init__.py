"""A toy dossier type, with no Python in it: the console needs none of ours."""
