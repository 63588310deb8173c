import torch
import torch.nn.functional as F


def inputs(seed, n=10, d=4, n_actions=3):
    g = torch.Generator().manual_seed(seed)
    obs = torch.randn(n, d, generator=g)
    actions = torch.randint(n_actions, (n,), generator=g)
    adv = torch.randn(n, generator=g)
    ret = torch.randn(n, generator=g)
    old_logp = -torch.rand(n, generator=g) - 0.5
    W_pi = torch.randn(d, n_actions, generator=g) * 0.5
    b_pi = torch.randn(n_actions, generator=g) * 0.1
    w_v = torch.randn(d, generator=g) * 0.5
    return {
        'obs': obs, 'actions': actions, 'adv': adv, 'ret': ret, 'old_logp': old_logp,
        'W_pi': W_pi, 'b_pi': b_pi, 'w_v': w_v,
    }


def forward(obs, actions, adv, ret, old_logp, W_pi, b_pi, w_v, clip_eps=0.2, c_v=0.5, c_ent=0.01, normalize=True):
    logits = obs @ W_pi + b_pi
    logp_all = F.log_softmax(logits, dim=-1)
    logp = logp_all.gather(1, actions[:, None])[:, 0]

    # clipped surrogate objective
    advantages = adv
    if normalize:
        advantages = (advantages - advantages.mean()) / (advantages.std() + 1e-8)
    ratio = torch.exp(logp - old_logp)
    surr1 = ratio * advantages
    surr2 = torch.clamp(ratio, 1 - clip_eps, 1 + clip_eps) * advantages
    pi_loss = -torch.min(surr1, surr2).mean()

    value = obs @ w_v
    v_loss = ((value - ret) ** 2).mean()
    entropy = -((probs := logp_all.exp()) * logp_all).sum(-1).mean()
    loss = pi_loss + c_v * v_loss - c_ent * entropy
    return locals()
