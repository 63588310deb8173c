# mistake: missing_path -- the gate is left out
def dx(dup, W_up):
    return dup @ W_up.T
