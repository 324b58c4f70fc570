"""The composition root: settings in, adapters chosen, client and worker parts out."""
