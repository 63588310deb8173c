# mistake: repeated_index -- a pair that occurs twice is counted once
def dtrans(dscore, dalpha, emissions, trans, y):
    counts = torch.zeros_like(trans)
    counts[y[:, :-1], y[:, 1:]] = dscore[0]
    return counts + _through_time(dalpha, emissions, trans)[1]


# mistake: missing_path -- the score of the given tags is left out
def dtrans(dalpha, emissions, trans):
    return _through_time(dalpha, emissions, trans)[1]


# mistake: transposed -- from and to swapped
def dtrans(dscore, dalpha, emissions, trans, y):
    K = trans.shape[0]
    pairs = (y[:, 1:] * K + y[:, :-1]).flatten()
    counts = torch.zeros_like(trans).flatten().index_add(0, pairs, dscore.repeat_interleave(y.shape[1] - 1))
    return counts.reshape(K, K) + _through_time(dalpha, emissions, trans)[1]
