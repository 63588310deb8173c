# mistake: missing_path -- only one direction
def dx(dleft, left, Uf, Wf):
    return _da_left(dleft, left, Uf) @ Wf.T
