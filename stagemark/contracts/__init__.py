"""What crosses between clients, workflows and activities: names, inputs and results."""
