"""The runs over values of parameters: plan, order, record and table."""
