#!/usr/bin/env python3
"""What it costs to be tuned: a PyTorch loop driven by neap over a Unix socket in blocks of 50 steps, against the same loop
with torch's own OneCycleLR, in turns and in one process. CPU time: medians of blocks of the loops, and to ours is added
what neap itself took, over the whole run, for a step.
"""
import os
import statistics
import subprocess
import sys
import tempfile
import time

os.environ["OPENBLAS_NUM_THREADS"] = os.environ["OMP_NUM_THREADS"] = "1"
import torch

ROOT = os.path.join(os.path.dirname(os.path.abspath(__file__)), "../..")
sys.path.insert(0, os.path.join(ROOT, "scripts/python"))
import neap

NEAP = os.environ.get("NEAP", os.path.join(ROOT, "build/neap"))
STEPS = 50
torch.set_num_threads(1)


class Loop:
    def __init__(self, widths, batch):
        torch.manual_seed(1)
        layers = [layer for a, b in zip(widths, widths[1:]) for layer in (torch.nn.Linear(a, b), torch.nn.ReLU())]
        self.model = torch.nn.Sequential(*layers[:-1])
        self.optimizer = torch.optim.SGD(self.model.parameters(), lr=0.01, momentum=0.9)
        self.x, self.y = torch.randn(batch, widths[0]), torch.randn(batch, widths[-1])

    def step(self):
        loss = torch.nn.functional.mse_loss(self.model(self.x), self.y)
        self.optimizer.zero_grad(set_to_none=True)
        loss.backward()
        self.optimizer.step()
        return loss


def measure(what, widths, batch, blocks):
    tuned, peer = Loop(widths, batch), Loop(widths, batch)
    scheduler = torch.optim.lr_scheduler.OneCycleLR(peer.optimizer, max_lr=0.01, total_steps=STEPS * (blocks + 5))
    folder = tempfile.mkdtemp()
    address = f"unix:{folder}/socket"
    driver = subprocess.Popen([NEAP, "run", "rex", "--peak", "0.01", "--budget", "1000000", "--quiet", "--backend", "listen:" + address],
                              stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    while not os.path.exists(address[5:]):
        time.sleep(0.05)
    tuner = neap.connect(model=tuned.model, optimizer=tuned.optimizer, address=address)

    def driver_time():
        with open(f"/proc/{driver.pid}/schedstat") as file:
            return int(file.read().split()[0]) / 1e9

    def our_block():
        start = time.process_time()
        for _ in range(STEPS):
            tuner.training()
            tuner.step(tuned.step())
        return (time.process_time() - start) / STEPS

    def peer_block():
        start = time.process_time()
        for _ in range(STEPS):
            peer.step()
            scheduler.step()
        return (time.process_time() - start) / STEPS

    for _ in range(3):
        our_block(), peer_block()      # to warm up
    start = driver_time()
    pairs = [(our_block(), peer_block()) for _ in range(blocks)]
    driven = (driver_time() - start) / (blocks * STEPS)
    tuner.close()
    driver.wait()
    os.rmdir(folder)
    more = (driven + statistics.median(a - b for a, b in pairs)) * 1e6
    theirs = statistics.median(b for _, b in pairs) * 1e6
    print(f"{what:44s} neap {theirs + more:9.1f} us   torch OneCycleLR {theirs:9.1f} us   "
          f"ratio {1 + more / theirs:.4f}: {more:+.1f} us a step, {driven * 1e6:.1f} of them neap's own")


measure("tuned step, full speed (4-8-1, batch 8)", [4, 8, 1], 8, 100)
measure("tuned step of 784-256-128-10, batch 128", [784, 256, 128, 10], 128, 40)
