# mistake: sign -- a minus
def dcols(dy, w_row):
    return -w_row.T @ dy.flatten(2)
