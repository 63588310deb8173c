# mistake: missing_path -- the values are left out
def dx(dq, dk, Wq, Wk):
    return dq @ Wq.T + dk @ Wk.T
