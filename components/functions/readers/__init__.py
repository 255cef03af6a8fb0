"""The end of the readers that Application Auto Scaling added to an Aurora cluster."""
