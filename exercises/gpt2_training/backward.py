# Your turn: train GPT-2 with your own gradients.
#
# Combine what you wrote in the gpt2_block exercise, and return the sixteen gradients in the order of PARAMETERS.
# Your function is called once per step, for 200 steps, with the values of that step. Ask for what you need by name.

import torch
import torch.nn.functional as F


def gradients(wte, wpe, ln1w, qkvw, attprojw, ln2w, fcw, fcprojw, lnfw, idx, targets, n, T, n_head, hs,
              encoded, ln1, q, k, v, att, atty, res2, ln2, fch, fch_gelu, res3, lnf, logits):
    """encoded = wte[idx] + wpe[:T]
       ln1 = F.layer_norm(encoded, (C,), ln1w, ln1b)
       qkv = ln1 @ qkvw.T + qkvb
       q = qkv[:, :, :C].view(n, T, n_head, hs).transpose(1, 2)
       k = qkv[:, :, C:2*C].view(n, T, n_head, hs).transpose(1, 2)
       v = qkv[:, :, 2*C:].view(n, T, n_head, hs).transpose(1, 2)
       preatt = q @ k.transpose(2, 3) * hs**-0.5
       att = F.softmax(preatt.masked_fill(~causal, float('-inf')), 3)
       atty = (att @ v).transpose(1, 2).reshape(n, T, C)
       attproj = atty @ attprojw.T + attprojb
       res2 = encoded + attproj
       ln2 = F.layer_norm(res2, (C,), ln2w, ln2b)
       fch = ln2 @ fcw.T + fcb
       fch_gelu = F.gelu(fch, approximate='tanh')
       fcproj = fch_gelu @ fcprojw.T + fcprojb
       res3 = res2 + fcproj
       lnf = F.layer_norm(res3, (C,), lnfw, lnfb)
       logits = lnf @ wte.T
       loss = F.cross_entropy(logits.flatten(0, 1), targets.flatten())

    shapes like wte, wpe, ln1w, ln1b, qkvw, qkvb, attprojw, attprojb, ln2w, ln2b, fcw, fcb, fcprojw, fcprojb, lnfw, lnfb
    """
    # TODO: write the sixteen gradients and return them as a list in that order
    raise NotImplementedError
