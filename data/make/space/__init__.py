"""Shapes and an image for spatial analysis. FICTIONAL."""
