# mistake: wrong_index -- the sort is forgotten
def dq(dq_sorted):
    return dq_sorted.clone()


# mistake: permuted -- the permutation instead of its inverse
def dq(dq_sorted, q):
    return dq_sorted.gather(1, q.argsort(1))
