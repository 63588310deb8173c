# mistake: missing_path -- only through the queries
def dx(dq, Wq):
    return dq.transpose(1, 2).flatten(2) @ Wq.T
