"""What runs in Lambda functions: plain Python for their runtime, shipped file by file."""
