"""Where a trainee's code runs: sandbox, fork server, kernels."""
