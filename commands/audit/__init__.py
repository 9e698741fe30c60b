"""`audit`: what is wrong in a file of geodata, and how to repair it."""
