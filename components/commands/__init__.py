"""What somebody with AWS credentials, and nothing else, does with a stack's data: `elasticweb backup` and `restore`."""
