"""A year of real orders, from the file to `verify`: a slice of it in the tests, all of it by `make real`."""
