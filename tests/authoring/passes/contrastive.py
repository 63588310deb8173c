import torch
import torch.nn.functional as F


def inputs(seed, n=5, d_img=6, d_txt=7, d=4):
    g = torch.Generator().manual_seed(seed)
    img = torch.randn(n, d_img, generator=g)
    txt = torch.randn(n, d_txt, generator=g)
    W_img = torch.randn(d_img, d, generator=g) / d_img**0.5
    W_txt = torch.randn(d_txt, d, generator=g) / d_txt**0.5
    log_tau = torch.tensor(0.5)
    return {'img': img, 'txt': txt, 'W_img': W_img, 'W_txt': W_txt, 'log_tau': log_tau}


def forward(img, txt, W_img, W_txt, log_tau):
    """CLIP: each image belongs to the text of the same row."""
    a = F.normalize(img @ W_img, dim=1)
    b = F.normalize(txt @ W_txt, dim=1)
    logits = a @ b.T * log_tau.exp()
    labels = torch.arange(len(logits))
    loss_i = F.cross_entropy(logits, labels)
    loss_t = F.cross_entropy(logits.T, labels)
    loss = (loss_i + loss_t) / 2
    return locals()
