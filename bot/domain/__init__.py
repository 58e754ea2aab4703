"""The rules of Postbag. Standard library only: nothing here waits, reads a file or asks the time."""
