"""Catalogues of products as YAML: the loader, and the one of the demo."""
