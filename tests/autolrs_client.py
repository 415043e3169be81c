"""A small training that carries the AutoLRS authors' callback as it was published, as far as its protocol is described: one TCP
connection a rank, plain text without frames, at most 1024 bytes at a time, the rate is the text after the last comma; ckpt and
restore do not set it; the answer to val_loss is read and ignored; the callback runs its own warm-up. Standard library only.

    autolrs_client.py PORT STEPS [--warmup N] [--rank N] [--fault KIND --at STEP] [--log FILE]

The training: least squares on fixed data in one order, by SGD; its optimum is known, and rates above about 1 diverge.
"""
import argparse
import copy
import os
import random
import signal
import socket
import sys
import time


def read_words():
    words = argparse.ArgumentParser()
    words.add_argument("port", type=int)
    words.add_argument("steps", type=int)
    words.add_argument("--warmup", type=int, default=0)
    words.add_argument("--rank", type=int, default=0)
    words.add_argument("--fault", default="")
    words.add_argument("--at", type=int, default=10)
    words.add_argument("--log", default="")
    return words.parse_args()


class Training:
    """y = 3 a - 2 b + noise, rows in an order that is kept with the rest of the state."""

    def __init__(self, rank):
        source = random.Random(1)
        self.rows = []
        for _ in range(200):
            a, b = source.gauss(0, 1), source.gauss(0, 1)
            self.rows.append((a, b, 3 * a - 2 * b + 0.1 * source.gauss(0, 1)))
        self.state = {"weights": [0.0, 0.0], "at": 17 * rank, "rate": 0.01}

    def step(self):
        state, batch, gradient, loss = self.state, 10, [0.0, 0.0], 0.0
        for i in range(batch):
            a, b, y = self.rows[(state["at"] + i) % 160]
            error = state["weights"][0] * a + state["weights"][1] * b - y
            loss += error * error / batch
            gradient[0] += 2 * error * a / batch
            gradient[1] += 2 * error * b / batch
        state["at"] += batch
        for j in range(2):
            state["weights"][j] -= state["rate"] * gradient[j]
        return loss

    def validate(self):
        w = self.state["weights"]
        return sum((w[0] * a + w[1] * b - y) ** 2 for a, b, y in self.rows[160:]) / 40


class Callback:
    def __init__(self, training, given):
        self.training, self.given, self.kept, self.log = training, given, None, []
        self.socket = socket.create_connection(("127.0.0.1", given.port))
        self.begun = False

    def exchange(self, message):
        self.spoil(message)
        self.socket.sendall(message.encode())
        reply = self.socket.recv(1024)
        if not reply:
            raise SystemExit("the server closed the connection")
        return reply.decode()

    def spoil(self, message):
        """The faults of the tests, in the middle of a run."""
        fault = self.given.fault
        if len(self.log) != self.given.at or not fault:
            return
        if fault == "kill":
            os.kill(os.getpid(), signal.SIGKILL)
        elif fault == "garbage":
            self.socket.sendall(b"\x00\x01 what?")
        elif fault == "wrong word":
            self.socket.sendall(b"val_loss,1.5")
        elif fault == "silence":
            time.sleep(3600)
        elif fault == "half a message":
            self.socket.sendall(message.encode()[:4])
            sys.exit(0)
        elif fault == "flood":
            self.socket.sendall(b"loss," + b"1" * 1000000)

    def on_step(self, loss):
        if self.given.warmup > len(self.log):
            self.log.append(("warmup", self.training.state["rate"]))
            self.training.state["rate"] = 0.01 * (len(self.log) / self.given.warmup)
            return
        text = str(loss)
        if self.given.fault == "cut" and self.begun:
            # The stream cuts the message, in its number too.
            message, text = self.name("loss") + "," + text, None
            for part in (message[:3], message[3:8]):
                self.socket.sendall(part.encode())
                time.sleep(0.001)
            reply = self.exchange(message[8:])
        else:
            reply = self.exchange(self.name("loss" if self.begun else "startBO") + "," + text)
        self.begun = True
        self.obey(reply)

    def name(self, word):
        return word + ",minion" if self.given.rank > 0 else word

    def obey(self, reply):
        training = self.training
        self.log.append((reply.split(",")[0] if "," in reply else "rate", training.state["rate"]))
        if reply == "evaluate":
            self.log[-1] = ("evaluate", training.state["rate"])
            self.exchange(self.name("val_loss") + "," + str(training.validate()))
        elif reply.startswith("ckpt"):
            self.kept = copy.deepcopy(training.state)
        elif reply.startswith("restore"):
            training.state = copy.deepcopy(self.kept)
        elif reply != "save":
            training.state["rate"] = float(reply.split(",")[-1])


def main():
    given = read_words()
    training = Training(given.rank)
    for _ in range(200):   # until the server listens
        try:
            callback = Callback(training, given)
            break
        except ConnectionRefusedError:
            time.sleep(0.05)
    else:
        raise SystemExit("nobody listens")
    for _ in range(given.steps):
        callback.on_step(training.step())
    if given.log:
        with open(given.log, "w") as file:
            for word, rate in callback.log:
                file.write("%s %.17g\n" % (word, rate))
            file.write("validation %.17g\n" % training.validate())


main()
