"""The sandbox: learners' code runs here and cannot change its own grade, a report, another submission or the machine.

Theory of operation
===================

Three processes share no memory. Only the first one holds anything worth stealing.

The GRADER reads a submission as bytes, asks questions and compares answers. It never parses, imports or unpickles
anything that comes from a learner. It sets every limit: lengths are checked before memory is allocated, each answer
has one deadline, each submission has a budget. A child that is late, dead or lying is killed through a pidfd, which
names that process and never a later one, and is replaced. The question that killed a child is not asked again.

The SERVER is started by exec, in isolated mode, in `/`, with the pinned environment and a single socket. It imports
torch once, rehearses a submission, gives up root if it had it, makes its heap cheap to fork, and sends a canary that
tries everything that is forbidden. From then on it only forks and reaps. It imports nothing else of `grader`, so no
exercise, reference, seed or other submission can be in its memory or in a child's. For a second grader process it forks
a twin of itself, which serves that process alone; neither has ever run a learner's code.

The CHILD is one fork per submission. Before it reads a byte of the learner's it locks itself in, in this order:

    its own session, death together with the server    (before it could be left alone)
    descriptors: /dev/null three times, two pipes       (nothing else is open)
    limits: no files, no processes, memory, CPU time    (relative to what torch has taken)
    not dumpable, no new privileges                     (inherited from the server)
    Landlock with nothing allowed                       (if the kernel has it)
    a seccomp allow-list                                (last, since it forbids everything above as well)

The last lock does nearly all the work. It allows no open, clone, exec, socket, kill, prctl, ptrace or ioctl, reading
from one pipe only and writing to the other only. The child then reports which locks hold; if they are not the
canary's, the run stops. It reads the submission's syntax tree and sends what it found before any of the learner's
lines has run. Only then does it load the module and answer questions.

What decides in a child is an iterator, and `child/drive.py` makes the calls that it hands out: so no frame of ours lies
beneath a learner's but one that holds nothing. By then no module of ours has a name, `ctypes` is gone, and `gc` only
collects (`child/namespace.py`); what stays in reach leads nowhere (`refusals`, `printed`). None of this is the wall:
whoever finds a way back meets the same locks, and autograd is closed below Python (`child/backstops.py`).

The two pipes carry frames of `length | nonce | kind | body`. Questions asked together travel in one frame, and the
answers come back one by one. An answer carries its question's random nonce, a status, and tensors as a dtype,
dimensions and raw bytes; the product of the dimensions has to match the number of bytes. Forward values are sent once
per child, as a pool. Each call gets fresh copies of them, aligned to 64 bytes, so that results are bit-equal to those
computed in the grader.

One rule is the grader's to keep, because the sandbox cannot: a question shows the child its upstream gradients. So
never ask a question that reveals a reference before the question whose answer it is.

There are two families of failure. A learner's faults are values, the subclasses of `Outcome`. Ours are exceptions: a
`SandboxError` stops the run, and no grade is written.

On systems other than Linux, or when forced, one interpreter is spawned per submission, one of them ahead of time, with
the limits that the system has and the same child code inside. Locks and self-test add up to a level:

    locked    seccomp holds, and the canary was refused everything
    partial   Landlock or seccomp holds, but something got through
    process   a separate process with limits
    none      nothing; not offered

The rooms, and which process imports them
-----------------------------------------

    host/       the grader            starts servers and workers, asks a submission's questions, replaces children
    protocol/   all three             frames, messages and answers, tensors as bytes, how a process ended
    child/      the server, a child   locks, canary, autograd closed, names taken away, warm-up, calls, class archives
    reading/    the server, a child   from a submission's bytes to its functions and the code that may run
    rules/      the server, a child   what a submission may not use, found in its syntax tree

The server imports what its children need, because they cannot open a file any more. The grader uses a few functions of
`child/`, none of which looks into a learner's bytes: `jail.hide` on itself, `selftest.judge`, which turns a canary's
report into a level, and those of `unpacking` that send a class's archive and receive what a child takes out of it.
`server` and `worker` are the main modules of the two kinds of interpreter that are started.

The rest of the package imports `client`, `types`, `limits`, `numerics`, `cleaning` and `skipped_folders`, and the type
`Session` of `host/`.
"""
