"""Do the words, the colours and the macros of the screens hold, without a database?"""
