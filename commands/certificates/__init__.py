"""Certificates for those who have reached a share of the points.

`standing` reads gradebook.db, `page` writes one page per trainee and
language, `printing` makes PDFs of them, and `command` says who has reached
the threshold, and how much the others lack.
"""
