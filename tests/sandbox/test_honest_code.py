"""Honest code must not notice the jail: what people write in exercises runs in it."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
import torch

from grader.sandbox.types import Outcome, Raised, Returned

if TYPE_CHECKING:
    from collections.abc import Callable

SNIPPETS = {
    "printing a tensor": "print(x, x.double(), x.long(), x[0])",
    "printing to stderr": "import sys; print('x', file=sys.stderr, flush=True)",
    "a warning": "import warnings; warnings.warn('careful')",
    "a traceback": "import traceback\n    try: 1/0\n    except ZeroDivisionError: print(traceback.format_exc())",
    "copying deeply": "import copy; x = copy.deepcopy(x)",
    "sleeping": "import time; time.sleep(0.001); time.time(); time.perf_counter()",
    "a date": "import datetime; print(datetime.datetime.now(), datetime.datetime.strptime('2020', '%Y'))",
    "random numbers": "import random; random.random(), torch.randn(3), torch.randperm(4)",
    "a seed": "torch.manual_seed(1); g = torch.Generator().manual_seed(2); torch.randn(3, generator=g)",
    "mathematics": "import math, cmath, statistics, fractions, decimal; decimal.Decimal(1) / 3",
    "tools of iteration": "import itertools, functools, operator, collections; functools.reduce(operator.add, [1, 2])",
    "dataclasses and enums": "import dataclasses, enum, typing; dataclasses.make_dataclass('P', ['a'])(1)",
    "regular expressions": "import re; re.sub(r'(?i)a+\\d*', 'b', 'AAA12')",
    "text of every kind": "'é'.encode('utf-16'), 'x'.encode('idna'), '{:>10.3f}'.format(1.5), f'{x.sum():.2f}'",
    "json": "import json; json.loads(json.dumps({'a': [1.5]}))",
    "garbage collection": "import gc; gc.collect()",
    "half precision": "(x.half() @ x.half().T, x.bfloat16() @ x.bfloat16().T)",
    "gelu": "torch.nn.functional.gelu(x)",
    "layer norm": "torch.nn.functional.layer_norm(x, (3,))",
    "batch norm": "torch.nn.functional.batch_norm(x, torch.zeros(3), torch.ones(3), training=True)",
    "convolution": "torch.nn.functional.conv2d(torch.ones(1, 2, 8, 8), torch.ones(3, 2, 3, 3))",
    "linear": "torch.nn.functional.linear(x, torch.ones(4, 3), torch.ones(4))",
    "cross entropy": "torch.nn.functional.cross_entropy(x, torch.tensor([0, 1]))",
    "embedding and one-hot": "torch.nn.functional.one_hot(torch.tensor([0, 2]), num_classes=3)",
    "einsum": "torch.einsum('ij,kj->ik', x, x)",
    "linear algebra": "torch.linalg.svd(x); torch.linalg.inv(torch.eye(3)); torch.linalg.norm(x)",
    "fourier": "torch.fft.fft(x)",
    "sorting": "x.sort(), x.topk(1), x.unique(), x.argsort(), torch.bincount(torch.tensor([1, 2]))",
    "indexing in every way": "x[range(2), [0, 1]] -= 1; x[x > 1] = 0; x[:, None], x[..., 0], x[[0, 1]]",
    "accumulating": "i = torch.tensor([[0]]); x.index_add_(0, i[0], torch.ones(1, 3)); x.scatter_add_(1, i, i.float())",
    "large matrices": "torch.ones(700, 700) @ torch.ones(700, 700)",
    "many small tensors": "[torch.ones(k) for k in range(500)]",
    "a loop over elements": "[float(v) for row in x for v in row]",
    "default dtype": "torch.set_default_dtype(torch.float64); torch.zeros(2)",
    "no_grad": "torch.no_grad().__enter__()",
    "asking for attributes": "x.shape, x.dtype, x.device, x.stride(), x.is_contiguous(), x.element_size()",
    "abstract classes": (
        "import collections.abc as c, numbers\n    class Own(dict): pass\n"
        "    assert isinstance(Own(), c.Mapping) and isinstance([], c.Sequence) and isinstance(1.0, numbers.Number)\n"
        "    assert isinstance({}.keys(), c.Set) and isinstance(True, numbers.Integral) and not isinstance(1, c.Sized)"
    ),
    "a class of one's own": "type('Net', (), {'forward': lambda self, v: v})().forward(x)",
    "a named tuple": "import collections; collections.namedtuple('P', 'a b')(1, 2).a",
    "the number of processors": "import os; os.cpu_count(), os.getpid()",
    "a hash": "import hashlib, uuid; hashlib.sha256(b'x').hexdigest()",
}


@pytest.mark.parametrize("what", SNIPPETS)
def test_ordinary_code_runs(ask: Callable[..., Outcome], what: str) -> None:
    """It needs no file, process or network once the server has prepared it."""
    outcome = ask(f"import torch\n\ndef d(x):\n    {SNIPPETS[what]}\n    return x\n", "d", x=torch.ones(2, 3))
    assert isinstance(outcome, Returned), outcome


FORBIDDEN = {
    "reading a file": "open('/etc/passwd')",
    "writing a file": "open('/tmp/x', 'w')",
    "listing a folder": "import os; os.listdir('/')",
    "asking for input": "input()",
    "a socket": "import socket; socket.socket()",
    "a program": "import subprocess; subprocess.run(['true'])",
    "a shell": "import os; os.posix_spawn('/bin/true', ['true'], {})",
    "a fork": "import os; os.fork()",
    "a thread": "import threading; threading.Thread(target=print).start()",
    "a signal": "import os; os.kill(os.getppid(), 0)",
    "an alarm": "import signal; signal.setitimer(signal.ITIMER_REAL, 1)",
    "a limit": "import resource; resource.setrlimit(resource.RLIMIT_CPU, (1, 1))",
    "shared memory": "import os; os.memfd_create('x')",
    "executable memory": "import mmap; mmap.mmap(-1, 4096, prot=7)",
    "a module that is not there": "import xml.sax",
}


@pytest.mark.parametrize("what", FORBIDDEN)
def test_what_the_jail_refuses_raises_and_the_child_lives_on(ask: Callable[..., Outcome], what: str) -> None:
    """A refusal is an error number, so the learner sees a message and the other gradients are graded."""
    outcome = ask(f"import torch\n\ndef d(x):\n    {FORBIDDEN[what]}\n    return x\n", "d", x=torch.ones(2, 3))
    assert isinstance(outcome, Raised), outcome


def test_a_refusal_says_what_the_sandbox_does_not_allow(ask: Callable[..., Outcome]) -> None:
    """`Operation not permitted` alone would send a learner looking for permissions."""
    outcome = ask("def d(x):\n    open('data.csv')\n", "d", x=torch.ones(2))
    assert isinstance(outcome, Raised)
    assert outcome.message == (
        "[Errno 1] Operation not permitted: 'data.csv' (the sandbox allows no files, no processes and no network)"
    )
