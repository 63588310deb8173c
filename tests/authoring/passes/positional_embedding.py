import torch
import torch.nn.functional as F


def inputs(seed, n=4, T=5, vocab=9, block_size=8, d=6):
    g = torch.Generator().manual_seed(seed)
    idx = torch.randint(vocab, (n, T), generator=g)
    targets = torch.randint(vocab, (n, T), generator=g)
    wte = torch.randn(vocab, d, generator=g)
    wpe = torch.randn(block_size, d, generator=g)
    head = torch.randn(d, vocab, generator=g) * d**-0.5
    return {'idx': idx, 'targets': targets, 'wte': wte, 'wpe': wpe, 'head': head}


def forward(idx, targets, wte, wpe, head):
    B, T = idx.size()
    assert T <= wpe.size(0), f'cannot read {T} tokens, the table ends at {wpe.size(0)}'
    pos = torch.arange(0, T, dtype=torch.long)
    tok_emb = F.embedding(idx, wte)
    pos_emb = F.embedding(pos, wpe)
    x = tok_emb + pos_emb
    logits = x @ head
    logits = logits.view(B * T, -1)
    loss = F.cross_entropy(logits, targets.view(-1))
    return locals()
