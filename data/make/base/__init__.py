"""The country: what was received, its governorates, its fictional sectors."""
