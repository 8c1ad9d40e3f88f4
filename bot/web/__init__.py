"""The pages: for now whether the program is well."""
