"""Tables and records that an officer reads. FICTIONAL."""
