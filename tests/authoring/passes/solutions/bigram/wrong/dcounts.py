# mistake: missing_path -- the sum of the counts is taken for a constant
def dcounts(dprobs, counts):
    return dprobs / counts.sum(1, keepdim=True)


# mistake: wrong_power -- the square of the sum is missing
def dcounts(dprobs, counts):
    total = counts.sum(1, keepdim=True)
    return dprobs / total - (dprobs * counts).sum(1, keepdim=True) / total
