"""The pages of grading: a class's report, a trainee's page."""
