"""Mails and reminders on both databases, with a mail server that listens."""
