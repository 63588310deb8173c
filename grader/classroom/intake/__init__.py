"""What a class really hands in, as submissions: folders, files, archives and learning platforms' downloads."""
