"""The commands of the program, a module each: arguments in, one call, a table or lines out."""
