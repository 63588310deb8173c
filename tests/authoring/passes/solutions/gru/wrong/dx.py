# mistake: missing_path -- only through the candidate
def dx(dh, x, Wr, Wz, Wn, Ur, Uz, Un):
    _, _, dan, _, _ = _through_time(dh, x, Wr, Wz, Wn, Ur, Uz, Un)
    return (dan @ Wn.T).transpose(0, 1)
