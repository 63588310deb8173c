# mistake: missing_path -- the relu is left out
def donline_W1(dq, s, online_W2):
    return s.T @ (dq @ online_W2.T)
