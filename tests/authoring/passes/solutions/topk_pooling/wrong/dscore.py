# mistake: wrong_index -- the first k nodes
def dscore(dtop_score, score):
    d = torch.zeros_like(score)
    d[:len(dtop_score)] = dtop_score
    return d
