# mistake: missing_path -- the value is left out
def dobs(dlogits, W_pi):
    return dlogits @ W_pi.T
