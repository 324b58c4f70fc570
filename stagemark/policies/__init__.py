"""The shipped policy, and how policies are loaded."""
