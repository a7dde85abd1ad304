"""When does a delay of the law, or of the aid rules, end, and why that day?"""
