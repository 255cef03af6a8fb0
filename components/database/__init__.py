"""What databases of either engine have alike: access, names, credentials, monitoring."""
