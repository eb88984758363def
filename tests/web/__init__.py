"""The pages of the employees, used as they use them."""
