"""What people see: one module per noun, each turning facts into cards."""
