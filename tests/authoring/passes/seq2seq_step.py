"""One step of a decoder that attends to the encoder's states (Bahdanau)."""

import torch
import torch.nn.functional as F


def inputs(seed, n=3, S=5, d_enc=4, d_dec=6, d_att=5, vocab=8):
    g = torch.Generator().manual_seed(seed)
    enc = torch.randn(n, S, d_enc, generator=g)
    s_prev = torch.randn(n, d_dec, generator=g)
    word = torch.randn(n, d_dec, generator=g)
    target = torch.randint(0, vocab, (n,), generator=g)
    mask = (torch.rand(n, S, generator=g) > 0.3).float()
    mask[:, 0] = 1.0
    Wa = torch.randn(d_dec, d_att, generator=g) / d_dec**0.5
    Ua = torch.randn(d_enc, d_att, generator=g) / d_enc**0.5
    va = torch.randn(d_att, generator=g)
    Wc = torch.randn(d_enc, d_dec, generator=g) / d_enc**0.5
    Ws = torch.randn(d_dec, d_dec, generator=g) / d_dec**0.5
    Wy = torch.randn(d_dec, vocab, generator=g) / d_dec**0.5
    return {
        'enc': enc, 's_prev': s_prev, 'word': word, 'target': target, 'mask': mask,
        'Wa': Wa, 'Ua': Ua, 'va': va, 'Wc': Wc, 'Ws': Ws, 'Wy': Wy,
    }


def forward(enc, s_prev, word, target, mask, Wa, Ua, va, Wc, Ws, Wy):
    # how well does each word of the source fit?
    query = (s_prev @ Wa).unsqueeze(1)
    keys = enc @ Ua
    score = torch.tanh(query + keys) @ va
    score = score.masked_fill(mask == 0, -1e9)
    alpha = F.softmax(score, dim=1)
    context = (alpha.unsqueeze(-1) * enc).sum(dim=1)
    # the decoder's new state
    s = torch.tanh(word + s_prev @ Ws + context @ Wc)
    logits = s @ Wy
    loss = F.cross_entropy(logits, target)
    return locals()
