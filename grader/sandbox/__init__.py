"""The sandbox: learners' code runs here and cannot change its own grade, a report, another submission or the machine.

Theory of operation
===================

Three processes that share no memory; only the first knows anything worth stealing.

The GRADER (`client`, `session`, `forkserver`) reads a submission as bytes, asks questions and compares answers. It
never parses, imports or unpickles what comes from a learner. It sets every limit: lengths before anything is
allocated, one deadline per answer, a budget per submission. Late, dead or lying children are killed through a
handle that names that process and no later one, and replaced; the question that killed one is not asked again.

The SERVER (`server`) is started by exec, in isolated mode, in `/`, with the pinned environment and one socket. It
imports torch once, rehearses a submission, gives up root if it had it, makes its heap cheap to fork, sends a canary
(`selftest`) to try everything that is forbidden, and from then on only forks and reaps. Nothing else of `grader` is
imported there: no exercise, no reference, no seed, no other submission can be in its memory or in a child's.
For a further grader it forks a twin of itself, which has run nothing of a learner's either and serves that one alone.

The CHILD (`child`, `calls`, `results`) is one fork per submission. Before it reads a byte of the learner's it locks
itself down (`jail`), in this order:

    session of its own, death together with the server    (before it could be left alone)
    descriptors: /dev/null three times, two pipes          (nothing else is open)
    limits: no files, no processes, memory, CPU seconds    (relative to what torch has taken)
    not dumpable, no new privileges                        (inherited from the server)
    Landlock with nothing allowed                          (if the kernel has it)
    a seccomp allow-list                                   (last: it forbids everything above, too)

The last lock does nearly all the work: there is no open, clone, exec, socket, kill, prctl, ptrace or ioctl in it;
read only from one pipe, write only to the other (`seccomp`). Then the child says which locks hold; if they are not
those of the canary, the run stops. It reads the submission's syntax tree (`reading`, `rules`) and sends the
findings while no line of the learner's has run yet. Only then it loads the module, and answers.

Two pipes, frames of `length | nonce | kind | body` (`wire`). Questions that are asked together travel in one frame
(`messages`), answers come back one by one (`answers`): each carries its question's random nonce, a status, and
tensors as a dtype, dimensions and raw bytes, whose product has to equal their length. Forward values are sent once
per child as a *pool*; each call gets fresh copies of them, 64-byte aligned, so that results have the same bits as
in the grader.

What the grader must see to, because the sandbox cannot: a question shows the child its upstream gradients. So
nothing that reveals a reference may be asked before the question whose answer it is.

Two families of failure. A learner's faults are values: every `Outcome` in `outcome`. Ours are exceptions:
`SandboxError` stops the run, and no grade is written.

Elsewhere than on Linux, or when forced, `portable` spawns one interpreter per submission (`worker`), one ahead of
time, with the limits that the system has and the same child inside. `isolation` turns locks and self-test into a
level:

    locked    seccomp, and the canary was refused everything
    partial   Landlock or seccomp, but something got through
    process   a process of its own, with limits
    none      nothing; not offered

Import this package's `outcome`, `numerics` and `client`; the rest is the other side's.
"""
