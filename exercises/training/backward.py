# Your turn: train the network with your own gradients.
#
# Combine what you wrote in the other exercises: from dlogits in one go, through the hidden layer and
# batch norm in one go, down to the embeddings. Return the seven gradients in the order of PARAMETERS.
# Your function is called once per step, for 200 steps, with the values of that step.

import torch
import torch.nn.functional as F


def gradients(C, W1, W2, bngain, Xb, Yb, n, emb, embcat, bnvar_inv, bnraw, h, logits):
    """emb = C[Xb]
       embcat = emb.view(emb.shape[0], -1)
       hprebn = embcat @ W1 + b1
       bnmean = hprebn.mean(0, keepdim=True)
       bnvar = hprebn.var(0, keepdim=True, unbiased=True)
       bnvar_inv = (bnvar + 1e-5)**-0.5
       bnraw = (hprebn - bnmean) * bnvar_inv
       hpreact = bngain * bnraw + bnbias
       h = torch.tanh(hpreact)
       logits = h @ W2 + b2
       loss = F.cross_entropy(logits, Yb)

    shapes (27, 10), (30, 64), (64,), (64, 27), (27,), (1, 64), (1, 64), like C, W1, b1, W2, b2, bngain, bnbias
    """
    # TODO: write dC, dW1, db1, dW2, db2, dbngain and dbnbias, and end with
    # return [dC, dW1, db1, dW2, db2, dbngain, dbnbias]
    raise NotImplementedError
