# mistake: missing_path -- the negatives are left out
def dU(du, context, U):
    return torch.zeros_like(U).index_add(0, context, du)


# mistake: repeated_index -- the last use of a word wins
def dU(du, du_neg, context, negatives, U):
    out = torch.zeros_like(U)
    out[context] = du
    out[negatives] = du_neg
    return out
