"""The documentation as a site (``make docs``): docs/ as it is, with navigation and a reference."""
