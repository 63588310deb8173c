# mistake: repeated_index -- a user's ratings overwrite each other
def dP(dp, P, user):
    d = torch.zeros_like(P)
    d[user] = dp
    return d


# mistake: repeated_index -- += writes each row once only
def dP(dp, P, user):
    d = torch.zeros_like(P)
    d[user] += dp
    return d
