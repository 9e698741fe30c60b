"""Exercises: derived from their solutions, and checked by trainees."""
