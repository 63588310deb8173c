import torch
import torch.nn.functional as F


def inputs(seed, T=6, d=4, n_actions=3):
    g = torch.Generator().manual_seed(seed)
    states = torch.randn(T, d, generator=g)
    actions = torch.randint(0, n_actions, (T,), generator=g)
    rewards = torch.randn(T, generator=g)
    W = torch.randn(d, n_actions, generator=g)
    w_v = torch.randn(d, generator=g)
    return {'states': states, 'actions': actions, 'rewards': rewards, 'W': W, 'w_v': w_v}


def forward(states, actions, rewards, W, w_v, gamma=0.9, beta=0.01):
    T = len(rewards)
    # discounted returns, from the end
    returns = torch.zeros(T)
    running = 0.0
    for t in reversed(range(T)):
        running = rewards[t] + gamma * running
        returns[t] = running

    values = states @ w_v
    advantage = returns - values.detach()  # the baseline does not learn from the policy's loss
    logp = F.log_softmax(states @ W, dim=1)
    logp_a = logp[torch.arange(T), actions]
    policy_loss = -(logp_a * advantage).mean()
    value_loss = F.mse_loss(values, returns)
    entropy = -(logp.exp() * logp).sum(1).mean()

    loss = policy_loss
    loss += 0.5 * value_loss
    loss -= beta * entropy
    return locals()
