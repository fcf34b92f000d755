"""Paper: values become a sheet, a sheet becomes a PDF or plain text. Pure; nothing here opens a file or a network."""
