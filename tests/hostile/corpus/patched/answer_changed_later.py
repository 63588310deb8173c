# attack: give an answer and change it when the next question comes
# expect: dprobs=wrong_values dcounts_sum_inv=correct
import torch

given = []


def dprobs(dlogprobs, probs):
    answer = torch.zeros_like(probs)
    given.append(answer)
    return answer


def dcounts_sum_inv(dprobs, counts):
    for answer in given:
        if answer.shape == dprobs.shape:
            answer.copy_(dprobs)
    return (counts * dprobs).sum(1, keepdim=True)
