"""What an operator sees of the line, and what Twilio would refuse."""
