"""The controller that keeps as many read replicas as the load wants."""
