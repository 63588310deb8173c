# mistake: missing_path -- the skip connection is left out
def dx(dq, Wq):
    return dq @ Wq.T


# mistake: missing_path -- only the skip connection
def dx(dout):
    return dout.clone()
