# mistake: wrong_operand -- tok instead of h
def dW(dout, out, tok):
    return torch.einsum('nti,ntj->ij', tok, _dz(dout, out))
