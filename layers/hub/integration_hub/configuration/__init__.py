"""Settings that operators change at run time: declared in `keys`, resolved in `effective`, loaded in `store`."""
