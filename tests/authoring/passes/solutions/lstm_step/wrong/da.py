# mistake: permuted -- the order of the gates
def da(dai, daf, dao, dag):
    return torch.cat([dai, daf, dag, dao], dim=1)
