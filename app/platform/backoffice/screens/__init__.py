"""What the endpoints of a DepartmentView do: list and export, form, row, action."""
