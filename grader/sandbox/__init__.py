"""The sandbox: runs learners' code so that it cannot change its own grade, a report, another submission or the machine.

Theory of operation
===================

Of four kinds of process, only the first two hold anything worth stealing.

The COMMAND has the terminal, pytest and the user's environment, and no torch. It starts the grader's process and calls
what that serves (`grader_process`); both are ours, so these calls and their results are pickled.

The GRADER reads a submission as bytes, asks questions and compares answers. It never parses, imports or unpickles
anything that comes from a learner. It sets every limit: lengths are checked before memory is allocated, each answer
has one deadline, each submission has a budget. A child that is late, dead or lying is killed through a pidfd, which
names that process and never a later one, and is replaced. The question that killed a child is not asked again.

The grader's process is started by exec, in isolated mode, in `/`, with the pinned environment. It imports torch, and
then, before it has received anything but a search path, forks the server off: whatever it loads later, and the user's
environment, which it never gets, cannot be in the server's memory. (Commands that grade nothing, the Python API and
notebooks have torch in their own process, and start a server by exec in the same way.)

The SERVER has a single socket. It rehearses a submission, drops root if it had it, and forks a canary that tries
everything that is forbidden. From then on it only forks and reaps; before its second child it rehearses more and makes
its heap cheap to fork. It imports nothing of `grader` but this package, so no exercise, reference, seed or other
submission can be in its memory or in a child's. A second grader is a fork of the first, and so is its server of the
first one's; no server ever runs a learner's code.

The CHILD is one fork per submission. Before it reads a byte of the submission it locks itself in, in this order:

    its own session, killed together with the server    (before it could be orphaned)
    descriptors: /dev/null three times, two pipes       (nothing else is open)
    limits: no files, no processes, memory, CPU time    (relative to what torch already uses)
    not dumpable, no new privileges                     (inherited from the server)
    Landlock with nothing allowed                       (if the kernel has it)
    a seccomp allow-list                                (last, since it also forbids everything above)

The last lock does nearly all the work. It allows no open, clone, exec, socket, kill, prctl, ptrace or ioctl; it allows
reading from one pipe only and writing to the other only. The child then reports which locks hold; if they are not the
canary's, the run stops. It reads the submission's syntax tree and sends what it found before any line of the submission
has run. Only then does it load the module and answer questions.

The child's logic is an iterator, and `child/drive.py` makes the calls that it yields, so the only frame of the grader's
beneath a learner's is one that holds nothing. By then none of the grader's modules has a name, `ctypes` is gone, and
`gc` can only collect (`child/namespace.py`); what stays within reach leads nowhere (`refusals`, `printed`). None of
this is the security boundary: code that finds a way back meets the same locks, and autograd is closed below Python
(`child/backstops.py`).

The two pipes carry frames of `length | nonce | kind | body`. Questions asked together are sent in one frame, and the
answers come back one by one. An answer carries its question's random nonce, a status, and tensors as a dtype,
dimensions and raw bytes; the product of the dimensions must match the number of bytes. Forward values are sent once per
child, as a pool. Each call gets fresh copies of them, aligned to 64 bytes, so that results are bit-equal to those
computed in the grader.

The grader must keep one rule that the sandbox cannot enforce: a question shows the child its upstream gradients. So
never ask a question that reveals a reference before the question whose answer it is.

There are two kinds of failure. A learner's errors are values, the subclasses of `Outcome`. Internal errors are
exceptions: a `SandboxError` stops the run, and no grade is written.

On systems other than Linux, or when forced, one interpreter is spawned per submission, one of them ahead of time, with
the limits that the system has and the same child code inside. Locks and self-test determine the isolation level:

    locked    seccomp is in effect, and every attempt of the canary was refused
    partial   Landlock or seccomp is in effect, but some attempt succeeded
    process   a separate process with limits
    none      nothing; not offered

The subpackages, and which process imports them
-----------------------------------------------

    host/       the grader            starts servers and workers, asks a submission's questions, replaces children
    protocol/   all                   frames, messages and answers, tensors as bytes, pickled calls, how a process ended
    child/      the server, a child   locks, canary, closing autograd, removing names, warm-up, calls, class archives
    reading/    the server, a child   from a submission's bytes to its functions and the code that may run
    rules/      the server, a child   what a submission may not use, found in its syntax tree

The server imports what its children need, because they can no longer open files. The grader uses a few functions of
`child/`, none of which parses a learner's bytes: `jail.hide` on itself, `selftest.judge`, which turns a canary's report
into a level, and those of `unpacking` that send a class's archive and receive what a child extracts from it. `grader`,
`server` and `worker` are the main modules of the three kinds of interpreter that are started.

The rest of the package imports `client`, `grader_process`, `types`, `limits`, `numerics`, `cleaning` and
`skipped_folders`, and the types `Session` and `ForkServer` of `host/`.
"""
