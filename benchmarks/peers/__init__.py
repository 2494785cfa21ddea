"""What our figures stand beside: small programs without any of our code."""
