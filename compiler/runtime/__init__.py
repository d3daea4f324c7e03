"""What generated packages need: written and tested by hand, copied into each package. Standard library only."""
