"""What can be proved of the rules of a year: which can be reached and by what case, and what is at odds."""
