import torch
import torch.nn.functional as F


def inputs(seed, n=7, d=4, hidden=6, n_actions=3):
    g = torch.Generator().manual_seed(seed)

    def net():
        return {
            'W1': torch.randn(d, hidden, generator=g) / d**0.5,
            'b1': torch.randn(hidden, generator=g) * 0.1,
            'W2': torch.randn(hidden, n_actions, generator=g) / hidden**0.5,
            'b2': torch.randn(n_actions, generator=g) * 0.1,
        }

    return {
        's': torch.randn(n, d, generator=g),
        'a': torch.randint(0, n_actions, (n,), generator=g),
        'r': torch.randn(n, generator=g),
        's_next': torch.randn(n, d, generator=g),
        'done': (torch.rand(n, generator=g) < 0.2).float(),
        'online': net(),
        'target': net(),
    }


def q_values(net, s):
    return F.relu(s @ net['W1'] + net['b1']) @ net['W2'] + net['b2']


def forward(s, a, r, s_next, done, online, target, gamma=0.99):
    q = q_values(online, s)
    q_a = q.gather(1, a.unsqueeze(1)).squeeze(1)
    with torch.no_grad():
        q_next, _ = q_values(target, s_next).max(dim=1)
        y = r + gamma * (1 - done) * q_next
    td = q_a - y
    loss = F.huber_loss(q_a, y)
    return locals()
