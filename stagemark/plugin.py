"""The Temporal plugin that brings stagemark to any worker or client."""
