"""Mails, reminders and their delivery."""
