"""A trainer that speaks the protocol by hand, well or in one wrong way:  raw.py WAY[@COPY] [N]

It trains nothing: its loss falls with the steps. N is the question at which it goes wrong (default 3); with @COPY
only that one of several copies does.
"""

import json
import os
import signal
import socket
import sys
import time

WAY, _, COPY = sys.argv[1].partition("@")
if COPY and COPY != os.environ["NEAP_TRAINER"]:
    WAY = "well"
N = int(sys.argv[2]) if len(sys.argv) > 2 else 3
place, _, token = os.environ["NEAP_ADDRESS"].partition("#")
if place.startswith("unix:"):
    line = socket.socket(socket.AF_UNIX)
    line.connect(place[5:])
else:
    line = socket.create_connection(place[4:].rsplit(":", 1))
received = line.makefile("rb")


def send(message):
    line.sendall(message if isinstance(message, bytes) else json.dumps(message).encode() + b"\n")


def meet(to, shown):
    to.sendall(json.dumps({"neap": 1, **shown, "name": "raw.py", "offers": {
        "evaluate": WAY != "no_evaluate", "restore": True, "durable": WAY != "no_files", "momentum": True,
        "test": WAY == "test"}}).encode() + b"\n")


def end_by_signal(_):
    os.kill(os.getpid(), signal.SIGKILL)


def cut(answer):
    send(json.dumps(answer).encode()[:-4])
    sys.exit(3)


def second(answer):
    other = socket.socket(socket.AF_UNIX)
    other.connect(place[5:])
    meet(other, {})
    print("the second was told:", other.makefile().readline().strip(), flush=True)
    send(answer)


def long_line(_):
    signal.signal(signal.SIGTERM, signal.SIG_IGN)     # to have the time to say how far it came
    sent, piece = 0, b"7" * (1 << 20)
    send(b'{"id":')
    try:
        while sent < 1 << 30:
            sent += line.send(piece)
    except OSError:
        print("cut off after", sent >> 20, "MiB", flush=True)
    sys.exit(0)


WRONG = {
    "killed": end_by_signal, "cut": cut, "second": second, "long": long_line,
    "garbage": lambda _: send(b"\x16\x03\x01 GET / HTTP/1.1\r\n"),
    "no_json": lambda _: send(b'{"id":3,"losses":[1,}\n'),
    "nan": lambda answer: send(json.dumps({**answer, "losses": [float("nan")]}).encode() + b"\n"),
    "huge": lambda answer: send(b'{"id":%d,"losses":[1e999]}\n' % answer["id"]),
    "deep": lambda answer: send(b'{"id":%d,"losses":%s}\n' % (answer["id"], b"[" * 100000 + b"]" * 100000)),
    "few": lambda answer: send({"id": answer["id"], "losses": [1.5]}),
    "many": lambda answer: send({"id": answer["id"], "losses": [1.5] * 20000}),
    "text": lambda answer: send({"id": answer["id"], "losses": ["low"]}),
    "null": lambda answer: send(b'{"id":%d,"losses":[null]}\n' % answer["id"]),
    "nothing": lambda answer: send({"id": answer["id"]}),
    "twice": lambda answer: (send(answer), send(answer)),
    "other": lambda answer: send({**answer, "id": 1000}),
    "silent": lambda _: time.sleep(3600),
    "bye": lambda _: (send({"bye": "no more data"}), sys.exit(0)),
    "refuses": lambda answer: send({"id": answer["id"], "error": "disk full", "code": "io"}),
    "slow": lambda answer: ([(time.sleep(0.2), send({"alive": answer["id"]})) for _ in range(8)], send(answer)),
    "exit": lambda _: (print("Error: the GPU fell off", file=sys.stderr), sys.exit(7)),
    "stubborn": send,
    "leaves": lambda answer: (send(answer), sys.exit(0)),
}

if WAY == "unheard":
    time.sleep(3600)
if WAY == "wrong_token":
    meet(line, {"token": token[:-1] + "~"})
    print("answer:", received.readline(), flush=True)
    sys.exit(0)
if WAY == "version":
    send({"neap": 2})
    print("answer:", received.readline().decode().strip(), flush=True)
    sys.exit(0)
if WAY == "long_hello":
    send(b'{"neap":1,"name":"' + b"x" * 5000 + b'"}\n')
    print("answer:", received.readline(), flush=True)
    sys.exit(0)

meet(line, {"token": token} if token else {})
assert json.loads(received.readline())["neap"] == 1
if WAY == "child":     # one that outlives us, with our socket open
    if os.fork() == 0:
        time.sleep(3600)
wrong = WRONG.get(WAY, WRONG["killed"] if WAY.startswith("killed") else None)
step, asked, kept = 0, {}, {}
for text in received:
    question = json.loads(text)
    ask = question["ask"]
    asked[ask] = asked.get(ask, 0) + 1
    answer = {"id": question["id"]}
    if ask == "train":
        rate = question["rate"] if COPY else 0     # of several copies, the best rate is the highest
        answer["losses"] = [2 / (1 + (0.01 + rate / 10) * (step + i)) for i in range(question["steps"])]
        step += question["steps"]
    elif ask == "evaluate":
        answer.update(loss=2 / (1 + 0.01 * step), metrics={"steps": step})
    elif ask == "save" and "file" in question:
        with open(question["file"], "w") as file:
            file.write(str(step))
    elif ask == "save":
        kept[question["checkpoint"]] = step
    elif ask == "restore":
        step = int(open(question["file"]).read()) if "file" in question else kept[question["checkpoint"]]
    elif ask == "drop" and "file" in question:
        os.remove(question["file"])
    elif ask == "drop":
        del kept[question["checkpoint"]]
    where = WAY[7:] if WAY in ("killed_save", "killed_restore", "killed_drop") else "train"
    if asked.get(where) == N and ask == where and wrong is not None:
        wrong(answer)
    elif ask == "train" and WAY == "child" and asked[ask] == N:
        os._exit(9)
    else:
        send(answer)
    if ask == "stop" and WAY == "stubborn":
        signal.signal(signal.SIGTERM, signal.SIG_IGN)
        print("I stay", flush=True)
        time.sleep(3600)
    if ask == "stop":
        print("stopped with", len(kept), "checkpoints", flush=True)
        sys.exit(0)
