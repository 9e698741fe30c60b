"""The register of health centres, and its control points. FICTIONAL."""
