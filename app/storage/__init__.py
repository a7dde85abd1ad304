"""Where the bytes of documents are kept, outside the database."""
