"""Tables that people open in a spreadsheet, and what they send back: cells, CSV and XLSX."""
