"""The function that makes a database's users and rotates their passwords."""
