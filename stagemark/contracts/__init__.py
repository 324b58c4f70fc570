"""What crosses the wire: names and messages shared by client, workflows and activities."""
