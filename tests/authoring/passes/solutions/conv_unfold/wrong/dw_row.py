# mistake: not_summed -- one matrix for each image
def dw_row(dy, cols):
    return dy.flatten(2) @ cols.transpose(1, 2)


# mistake: transposed -- transposed
def dw_row(dy, cols):
    return torch.einsum('nol,ncl->co', dy.flatten(2), cols)
