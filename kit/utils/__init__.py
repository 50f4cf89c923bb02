"""Small helpers under the names of 2015."""
