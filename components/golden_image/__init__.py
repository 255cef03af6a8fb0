"""A prepared image, built every week from the declaration of the machine that starts from it."""

from .component import GoldenImage
from .shapes import GoldenImageArgs, GoldenImageSpec, ImageCopy

__all__ = ["GoldenImage", "GoldenImageArgs", "GoldenImageSpec", "ImageCopy"]
