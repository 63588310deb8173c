# attack: an answer whose class is changed after it was made
# with rules: dprobs=wrong_type
# without: dprobs=wrong_type|correct|raised
import torch


class Liar(torch.Tensor):
    def data_ptr(self):
        return 0

    @property
    def shape(self):
        return torch.Size([65535, 65535])

    def numel(self):
        return 1


def dprobs(dlogprobs, probs):
    answer = (dlogprobs / probs).clone()
    answer.__class__ = Liar
    return answer
