"""The demonstration: the Meuse with its real communes, invented people and projects."""
