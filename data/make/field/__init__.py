"""What is collected outside, or mapped from it. FICTIONAL."""
