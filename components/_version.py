"""The version of the components: of the Python package, of the Pulumi package and of the tag that a release gets."""

__version__ = "0.1.0"
