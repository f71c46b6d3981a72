"""Starts the whole house on one machine: databases, mail server, simulators, web, worker and beat (`make run`)."""
