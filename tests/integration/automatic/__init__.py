"""Automatic steps: services, jobs, incidents, dossiers that speak to each other."""
