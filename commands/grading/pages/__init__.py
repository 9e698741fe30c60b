"""What is read of the grading: the class report, a trainee's page."""
