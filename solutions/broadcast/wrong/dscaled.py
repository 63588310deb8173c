# mistake: missing_path -- the path through the mean is missing
def dscaled(dcentered):
    return dcentered.clone()


# mistake: missing_path -- only the path through the mean
def dscaled(drowmean, scaled):
    return drowmean.expand_as(scaled)/scaled.shape[1]


# mistake: not_expanded -- only the column of the mean
def dscaled(drowmean, scaled):
    return drowmean/scaled.shape[1]


# mistake: negated_path -- the mean with a minus
def dscaled(dcentered, drowmean):
    return dcentered - drowmean/dcentered.shape[1]


# mistake: doubled_path -- the mean twice
def dscaled(dcentered, drowmean):
    return dcentered + 2*drowmean/dcentered.shape[1]


# mistake: wrong_path -- one over m is missing
def dscaled(dcentered, drowmean):
    return dcentered + drowmean


# mistake: wrong_path -- one over all entries
def dscaled(dcentered, drowmean, scaled):
    return dcentered + drowmean/scaled.numel()


# mistake: wrong_path -- one over the number of rows
def dscaled(dcentered, drowmean, scaled):
    return dcentered + drowmean/scaled.shape[0]


# mistake: wrong_axis -- the mean of the columns
def dscaled(dcentered):
    return dcentered - dcentered.mean(0, keepdim=True)


# mistake: hard_coded -- nine columns
def dscaled(dcentered, drowmean):
    return dcentered + drowmean/9


# mistake: wrong_path -- the mean path times scaled
def dscaled(dcentered, drowmean, scaled):
    return dcentered + drowmean*scaled/scaled.shape[1]


# mistake: sign -- everything with a minus
def dscaled(dcentered, drowmean):
    return -(dcentered + drowmean/dcentered.shape[1])


# mistake: aliasing -- += on a second name, then the sum of both names
def dscaled(dcentered, drowmean):
    d = dcentered
    d += drowmean/dcentered.shape[1]
    return dcentered + d


# mistake: zeros -- left as zeros
def dscaled(scaled):
    return torch.zeros_like(scaled)
