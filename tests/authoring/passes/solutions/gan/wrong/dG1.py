# mistake: missing_path -- the relu is left out
def dG1(dfake, z, G2):
    return z.T @ (dfake @ G2.T)
