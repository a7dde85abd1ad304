"""Does a legal delay end on the day the law says, and does it say why?"""
