"""What a submission may not use, read off its syntax tree."""
