"""Do the doors keep what they promise?"""
