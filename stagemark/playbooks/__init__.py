"""The playbooks that ship with stagemark, and how playbooks are loaded."""
