"""Find the submissions in what a class hands in: folders, files, archives and learning platforms' downloads."""
