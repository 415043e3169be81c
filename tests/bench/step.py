#!/usr/bin/env python3
"""Time of a training step of 784-256-128-10 at batch 128 on Fashion-MNIST: SGD with momentum 0.9, one thread.

    $LUA tests/bench/step.lua against the same loop in PyTorch, in turns; medians of blocks of steps, in CPU time.
"""
import gzip
import os
import statistics
import subprocess
import time

os.environ["OPENBLAS_NUM_THREADS"] = os.environ["OMP_NUM_THREADS"] = "1"
import numpy
import torch

torch.set_num_threads(1)
torch.manual_seed(1)
FOLDER = "/usr/share/datasets/fashion-mnist/train-"
BLOCKS, STEPS, BATCH, ROWS = 15, 100, 128, 50000


def bytes_of(name, header):
    with gzip.open(FOLDER + name + "-ubyte.gz") as file:
        return numpy.frombuffer(file.read(), numpy.uint8, offset=header)


class Peer:
    def __init__(self):
        x = torch.from_numpy(bytes_of("images-idx3", 16).reshape(-1, 784)[:ROWS].astype(numpy.float32))
        self.x = (x - x.mean()) / x.std()
        self.y = torch.from_numpy(bytes_of("labels-idx1", 8)[:ROWS].astype(numpy.int64))
        self.model = torch.nn.Sequential(
            torch.nn.Linear(784, 256), torch.nn.ReLU(), torch.nn.Linear(256, 128), torch.nn.ReLU(), torch.nn.Linear(128, 10))
        self.optimizer = torch.optim.SGD(self.model.parameters(), lr=0.01, momentum=0.9)
        self.criterion = torch.nn.CrossEntropyLoss()
        self.cursor = ROWS

    def step(self):
        if self.cursor + BATCH > ROWS:
            self.order, self.cursor = torch.randperm(ROWS), 0
        rows = self.order[self.cursor:self.cursor + BATCH]
        self.cursor += BATCH
        loss = self.criterion(self.model(self.x[rows]), self.y[rows])
        self.optimizer.zero_grad()
        loss.backward()
        self.optimizer.step()
        return loss.item()

    def block(self):
        start = time.process_time()
        for _ in range(STEPS):
            self.step()
        return time.process_time() - start


ours = subprocess.Popen([os.environ.get("LUA", "lua5.4"), os.path.join(os.path.dirname(__file__), "step.lua")],
                        stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)


def our_block():
    ours.stdin.write(f"{STEPS}\n")
    ours.stdin.flush()
    return float(ours.stdout.readline())


peer = Peer()
our_block(), peer.block()  # to warm up
times = [(our_block(), peer.block()) for _ in range(BLOCKS)]
ours.stdin.close()
ours.wait()
a, b = (statistics.median(t) / STEPS * 1e6 for t in zip(*times))
print(f"{'training step 784-256-128-10, batch 128':44s} neap {a:9.1f} us   PyTorch {b:9.1f} us   ratio {a / b:.4f}")
