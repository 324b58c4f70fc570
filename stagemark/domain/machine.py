"""A playbook as transitions machines; the only importer of transitions."""
