"""The vendor MVR: motor vehicle reports, at once by license number or by order."""
