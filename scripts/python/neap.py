"""neap.py -- let neap tune the learning rate of a training loop that stays yours.

    import neap

    tuner = neap.connect(model=model, optimizer=optimizer, evaluate=validate, state=[sampler])
    while tuner.training():             # False when the run is over
        loss = train_one_batch()        # forward, backward, optimizer.step()
        tuner.step(loss)

    neap run autolrs --lr 1e-3:0.3 --budget 6000 -- python3 train.py

neap starts the script and tells it in $NEAP_ADDRESS where to connect; without that the script trains at its own rate.
One file, the standard library alone; PyTorch is used if the script uses it. The protocol is doc/protocol.md.
"""

import atexit
import copy
import functools
import hashlib
import inspect
import io
import json
import math
import os
import pickle
import random
import socket
import sys
import threading
import time

__all__ = ["connect"]
__version__ = "0.1.0"

PROTOCOL = 1
LONGEST_LINE = 1 << 20
MAGIC = b"neap checkpoint 1"


class Refused(Exception):
    """A question that cannot be answered, with the protocol's code for why."""

    def __init__(self, code, message):
        super().__init__(message)
        self.code = code


def connect(model=None, optimizer=None, evaluate=None, state=(), *, test=None, steps=None, address=None):
    """The tuner of this training.

    model      torch.nn.Module, or any object with state_dict and load_state_dict
    optimizer  torch.optim.Optimizer, or any object with param_groups, a list of dicts with "lr"; with state_dict and
               load_state_dict its state is restored too. Every group's rate is set, each in its proportion to the first
    evaluate   function without arguments, or with one called batches: the loss on the validation part, or (loss, {metric:
               value}). It is called with the model in evaluation mode and without gradients, and leaves no trace
    test       likewise, on the test part
    state      whatever else must go back with a checkpoint: objects with state_dict and load_state_dict, such as the one
               that decides the order of the data. Python's, NumPy's and PyTorch's generators go back without being named
    steps      where the script is run without neap: how many steps training() allows; None: no end
    address    instead of $NEAP_ADDRESS

    With torch.distributed initialised every rank calls this; rank 0 alone speaks to neap, losses are averaged.
    """
    address = address or os.environ.get("NEAP_ADDRESS")
    if not address:
        ending = "" if steps is not None else ", until it is stopped: neap.connect(steps=N) sets an end"
        print(f"neap: no $NEAP_ADDRESS: training without being tuned{ending}", file=sys.stderr)
        return Untuned(optimizer, steps)
    if not getattr(optimizer, "param_groups", None):
        raise TypeError(f"neap.connect: optimizer: an object with param_groups expected, not {type(optimizer).__name__}")
    check_function("evaluate", evaluate)
    check_function("test", test)
    return Tuner(address, State(model, optimizer, state), evaluate, test)


def check_function(name, function):
    """Raise where neap could not call it without arguments."""
    if function is None:
        return
    if not callable(function):
        raise TypeError(f"neap.connect: {name}: a function expected, not {type(function).__name__}: name it, do not call it")
    try:
        parameters = inspect.signature(function).parameters.values()
    except (TypeError, ValueError):
        return     # some that are built in do not tell
    for parameter in parameters:
        if parameter.default is parameter.empty and parameter.kind not in (parameter.VAR_POSITIONAL, parameter.VAR_KEYWORD):
            raise TypeError(f"neap.connect: {name}: it is called without arguments, but '{parameter.name}' has no default")


class Untuned:
    """What connect returns without neap: the same methods, which do nothing."""

    tuned = False
    seed = 1

    def __init__(self, optimizer=None, steps=None):
        self.optimizer, self.left = optimizer, math.inf if steps is None else steps

    @property
    def rate(self):
        return float(self.optimizer.param_groups[0]["lr"])

    def training(self):
        return self.left > 0

    def step(self, loss=None):
        self.left -= 1

    def close(self, reason=None):
        pass


class Tuner:
    """Follows neap's questions; training() and step() are what a training loop calls.

    rate   the rate of the first parameter group, as it is set for the next step
    seed   the run's seed, for whoever wants the first weights to depend on it (seed them after connect)
    """

    tuned = True

    def __init__(self, address, state, evaluate, test):
        self.state, self.parts = state, {"validation": evaluate, "test": test}
        self.ranks = Ranks()
        self.checkpoints = {}
        self.rates = self.momenta = None     # of the block under way: a number, or a list
        self.losses, self.taken, self.steps = [], 0, 0
        self.trained, self.allowed = 0, False     # steps in all; may one be taken?
        self.question = None
        self.over = False
        self.line = None
        welcome = self.ranks.from_first(self._meet, address)
        self.seed, self.heartbeat = welcome.get("seed", 1), welcome.get("heartbeat", 10)
        self.next_beat = math.inf

    def training(self):
        """Is there another step to take? Answers whatever neap asks between two blocks of steps."""
        while self.taken == self.steps and not self.over:
            if self.question is not None:
                self.trained += self.taken
                self.state.check_used(self.trained)
                self._answer({"losses": self.ranks.mean(self._read_losses())})
            self._follow(self.ranks.from_first(self._receive))
        if self.over and self.line is not None:
            self.line.close()
        self.allowed = not self.over
        return self.allowed

    def step(self, loss):
        """A step was taken, and this was its loss: a number, or a tensor, which is read only at the end of the block."""
        if not self.allowed:
            raise RuntimeError("neap: tuner.step: call tuner.training() before each step, and step once for each")
        self.allowed = False
        self.state.check_rate()
        self.losses.append(one(loss, "tuner.step: loss"))
        self.taken += 1
        if self.state.average is not None:
            self.state.average.move()
        if self.taken < self.steps:
            self._set_rate()
        if time.monotonic() > self.next_beat:
            self._alive()

    def close(self, reason="the script has ended before the run"):
        """End the run from here, for a reason. The end of the script does so, too."""
        if self.line is not None and not self.over:
            try:
                self.line.send({"bye": str(reason)})
            except OSError:
                pass     # nobody is there to be told
        self.over = True
        if self.line is not None:
            self.line.close()

    def _meet(self, address):
        self.line = Line(address)
        shown = {"token": self.line.token} if self.line.token else {}
        self.line.send({
            "neap": PROTOCOL, **shown, "name": os.path.basename(sys.argv[0]) or "python",
            "offers": {
                "evaluate": self.parts["validation"] is not None, "test": self.parts["test"] is not None,
                "restore": self.state.restores_weights, "durable": self.state.restores_weights,
                "momentum": self.state.has_momentum, "averaging": self.state.can_average,
                "blending": self.state.can_average and self.state.restores_weights,
                "batch_statistics": len(self.state.normalisations()) > 0,
            },
            "restores": self.state.restores(), "rate": self.state.first_rate(), "info": self.state.info(),
        })
        welcome = self.line.receive()
        if "error" in welcome:
            raise ConnectionError(f"neap: turned away: {welcome['error']}")
        atexit.register(self._at_exit)
        return welcome

    def _at_exit(self):
        problem = getattr(sys, "last_value", None)
        self.close(f"{type(problem).__name__}: {problem}" if problem else "the script has ended before the run")

    def _receive(self):
        return self.line.receive()

    def _kept(self, question):
        if question["checkpoint"] not in self.checkpoints:
            raise Refused("bad_argument", f"no checkpoint {question['checkpoint']}")
        return self.checkpoints[question["checkpoint"]]

    def _answer(self, answer):
        if self.line is not None:
            self.line.send({"id": self.question["id"], **answer})
        self.question = None

    def _alive(self):
        if self.line is not None:
            self.line.send({"alive": self.question["id"]})
        self.next_beat = time.monotonic() + self.heartbeat

    def _follow(self, question):
        self.question = question
        follow = getattr(self, "_on_" + str(question.get("ask")), None)
        if question.get("ask") == "train":
            self._on_train(question)
        elif follow is None:
            self._answer({"error": f"unknown question {question.get('ask')!r}", "code": "unknown"})
        else:
            with Heartbeat(self):
                answer = self.ranks.agree(follow, question)
            self._answer(answer)

    def _on_train(self, question):
        self.rates, self.momenta = question["rate"], question.get("momentum")
        self.losses, self.taken, self.steps = [], 0, question["steps"]
        self.next_beat = time.monotonic() + self.heartbeat
        self.state.set_rate(at(self.rates, 0), at(self.momenta, 0))

    def _set_rate(self):
        if isinstance(self.rates, list) or isinstance(self.momenta, list):
            self.state.set_rate(at(self.rates, self.taken), at(self.momenta, self.taken))

    @property
    def rate(self):
        return self.state.first_rate()

    def _read_losses(self):
        torch = sys.modules.get("torch")
        if torch is not None and self.losses and all(torch.is_tensor(loss) for loss in self.losses):
            return torch.stack([loss.reshape(()) for loss in self.losses]).double().tolist()   # one look at the device
        return [float(loss) for loss in self.losses]

    def _on_evaluate(self, question):
        function = self.parts.get(question.get("on", "validation"))
        if function is None:
            raise Refused("bad_argument", f"no function for the part {question.get('on')!r}")
        arguments = {}
        if "batches" in question and "batches" in inspect.signature(function).parameters:
            arguments["batches"] = question["batches"]
        with self.state.evaluating(question.get("weights") == "average", question.get("statistics") == "batch"):
            result = function(**arguments)
        loss, metrics = result if isinstance(result, tuple) and len(result) == 2 else (result, {})
        if not isinstance(metrics, dict):
            raise TypeError(f"neap: evaluate's metrics: a dictionary of numbers expected, not {type(metrics).__name__}")
        return {"loss": float(one(loss, "evaluate's loss")),
                "metrics": {name: float(one(value, f"evaluate's metric '{name}'")) for name, value in metrics.items()}}

    def _on_average(self, question):
        self.state.set_average(question["verb"])
        return {}

    def _file(self, question):
        return question["file"] + (f".rank{self.ranks.rank}" if self.ranks.rank > 0 else "")

    def _on_save(self, question):
        if "file" in question:
            return {"bytes": write_file(self._file(question), self.state.copy())}
        self.checkpoints[question["checkpoint"]] = self.state.copy()
        return {}

    def _on_restore(self, question):
        if "file" in question:
            self.state.restore(read_file(self._file(question)))
        else:
            self.state.restore(self._kept(question))
        return {}

    def _on_blend(self, question):
        kept = read_file(self._file(question)) if "file" in question else self._kept(question)
        self.state.blend(kept, question["share"])
        return {}

    def _on_drop(self, question):
        if "file" in question:
            os.remove(self._file(question))
        elif self._kept(question):
            del self.checkpoints[question["checkpoint"]]
        return {}

    def _on_stop(self, question):
        self.over = True
        self.checkpoints.clear()
        return {}


def one(value, what):
    """A number as it is, or a tensor of one element, which is not looked at yet."""
    if hasattr(value, "detach") and value.numel() == 1:
        return value.detach()
    if hasattr(value, "__float__") and not hasattr(value, "detach"):
        return value
    shown = f"one of shape {tuple(value.shape)}" if hasattr(value, "detach") else type(value).__name__
    raise TypeError(f"neap: {what}: a number or a tensor of one element expected, not {shown}")


def at(values, i):
    """The i-th of a list; a number stands for all."""
    return values[i] if isinstance(values, list) else values


def number(value):
    """A loss or metric as the protocol writes it."""
    if math.isfinite(value):
        return value
    return "nan" if math.isnan(value) else "inf" if value > 0 else "-inf"


def writable(value):
    if isinstance(value, float):
        return number(value)
    if isinstance(value, dict):
        return {key: writable(entry) for key, entry in value.items()}
    if isinstance(value, (list, tuple)):
        return [writable(entry) for entry in value]
    return value


def refuse(word):
    raise ValueError(f"{word} is not JSON")


class Line:
    """The connection to neap, in lines of JSON. Messages go out from two threads."""

    def __init__(self, address):
        place, self.token = address.rsplit("#", 1) if "#" in address else (address, None)
        self.buffer, self.lock = b"", threading.Lock()
        kind, _, rest = place.partition(":")
        try:
            if kind == "unix":
                self.socket = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
                self.socket.connect(rest)
            elif kind == "tcp" and ":" in rest:
                host, _, port = rest.rpartition(":")
                self.socket = socket.create_connection((host.strip("[]"), int(port)))
                self.socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
                self.socket.setsockopt(socket.SOL_SOCKET, socket.SO_KEEPALIVE, 1)
            else:
                raise ValueError(f"neap: $NEAP_ADDRESS: unix:PATH or tcp:HOST:PORT expected, not '{place}'")
        except OSError as problem:
            raise ConnectionError(f"neap: cannot connect to {place}: {problem.strerror or problem}") from None

    def send(self, message):
        data = json.dumps(writable(message), separators=(",", ":"), allow_nan=False).encode() + b"\n"
        with self.lock:
            self.socket.sendall(data)

    def receive(self):
        while b"\n" not in self.buffer:
            if len(self.buffer) >= LONGEST_LINE:
                raise ConnectionError("neap: it sent a line that is too long")
            try:
                data = self.socket.recv(65536)
            except OSError as problem:
                raise ConnectionError(f"neap: the connection broke: {problem.strerror or problem}") from None
            if not data:
                raise ConnectionError("neap: it has ended before the run was over (or turned this trainer away: is the token right?)")
            self.buffer += data
        line, _, self.buffer = self.buffer.partition(b"\n")
        return json.loads(line, parse_constant=refuse)

    def close(self):
        self.socket.close()


class Heartbeat:
    """Tells neap, while something takes long that has no steps, that this trainer is alive."""

    def __init__(self, tuner):
        self.tuner, self.done, self.thread = tuner, threading.Event(), None

    def _beat(self):
        while not self.done.wait(self.tuner.heartbeat):
            try:
                self.tuner._alive()
            except OSError:
                return     # the main thread will find out

    def __enter__(self):
        if self.tuner.line is not None:
            self.thread = threading.Thread(target=self._beat, daemon=True)
            self.thread.start()

    def __exit__(self, *_):
        self.done.set()
        if self.thread is not None:
            self.thread.join()


class Ranks:
    """The processes of a data-parallel training: one, unless torch.distributed is at work."""

    def __init__(self):
        torch = sys.modules.get("torch")
        self.torch = torch
        self.group = torch is not None and torch.distributed.is_available() and torch.distributed.is_initialized()
        self.rank = torch.distributed.get_rank() if self.group else 0
        self.count = torch.distributed.get_world_size() if self.group else 1

    def from_first(self, function, *arguments):
        """What the function returns on rank 0, everywhere; and so what it raises."""
        if self.count == 1:
            return function(*arguments)
        box, problem = [None, None], None
        if self.rank == 0:
            try:
                box[0] = function(*arguments)
            except (OSError, ValueError) as raised:
                problem, box[1] = raised, str(raised)
        self.torch.distributed.broadcast_object_list(box, src=0)
        if problem is not None:
            raise problem
        if box[1] is not None:
            raise ConnectionError(box[1])
        return box[0]

    def mean(self, values):
        """The mean over the ranks of lists of equal length."""
        if self.count == 1:
            return values
        lists = [None] * self.count
        self.torch.distributed.all_gather_object(lists, values)
        return [sum(column) / self.count for column in zip(*lists)]

    def agree(self, follow, question):
        """Answer a question on every rank. One that cannot speaks for all; losses and metrics are averaged."""
        answer = attempt(follow, question)
        if self.count == 1:
            return answer
        answers = [None] * self.count
        self.torch.distributed.all_gather_object(answers, answer)
        for other in answers:
            if "error" in other:
                return other
        if "loss" in answer:
            names = sorted(answer["metrics"])
            loss, *metrics = [sum(column) / self.count for column in
                              zip(*([other["loss"], *(other["metrics"][name] for name in names)] for other in answers))]
            return {"loss": loss, "metrics": dict(zip(names, metrics))}
        return answer


def attempt(follow, question):
    """Answer a question. That a state cannot be kept or restored is an answer; a mistake in the script is not."""
    try:
        return follow(question)
    except Refused as problem:
        return {"error": str(problem), "code": problem.code}
    except FileNotFoundError as problem:
        return {"error": f"{problem.filename}: {problem.strerror}", "code": "not_found"}
    except OSError as problem:
        return {"error": f"{problem.filename or problem}: {problem.strerror}", "code": "io"}
    except MemoryError:
        return {"error": "out of memory", "code": "no_memory"}


class State:
    """What training changes: copied, restored, and the rates set."""

    def __init__(self, model, optimizer, others):
        if not isinstance(others, (list, tuple)):
            raise TypeError(f"neap.connect: state: a list of objects expected, not {type(others).__name__}")
        self.model, self.optimizer, self.others = model, optimizer, list(others)
        self.average = None
        for thing in self.others:
            if not (hasattr(thing, "state_dict") and hasattr(thing, "load_state_dict")):
                raise TypeError(f"neap.connect: state: objects with state_dict and load_state_dict expected, not {type(thing).__name__}")
        if model is not None and not hasattr(model, "state_dict"):
            raise TypeError(
                f"neap.connect: model: an object with state_dict and load_state_dict expected, not {type(model).__name__}")
        self.restores_weights = hasattr(model, "state_dict") and hasattr(model, "load_state_dict")
        self.restores_optimizer = hasattr(optimizer, "state_dict") and hasattr(optimizer, "load_state_dict")
        groups = optimizer.param_groups
        rates = [float(group["lr"]) for group in groups]
        self.first = next((i for i, rate in enumerate(rates) if rate > 0), 0)   # the others keep their ratio to it; 0 stays 0
        self.ratios = [rate / rates[self.first] if rates[self.first] > 0 else 1.0 for rate in rates]
        self.set_to = None
        self.has_momentum = all("momentum" in group or "betas" in group for group in groups)
        self.torch = sys.modules.get("torch")
        self.is_module = self.torch is not None and isinstance(model, self.torch.nn.Module)
        if self.is_module and any(is_lazy(parameter) for parameter in model.parameters()):
            raise TypeError("neap.connect: model: it has lazy modules without parameters yet: show it a batch first")
        self.can_average = self.is_module and len(averaged(model)) > 0

    def restores(self):
        words = ["weights"] if self.restores_weights else []
        words += ["optimizer"] if self.restores_optimizer else []
        return words + ["generators"] + (["order"] if self.others else [])

    def info(self):
        info = {"optimizer": type(self.optimizer).__name__, "python": sys.version.split()[0]}
        if self.is_module:
            info["parameters"] = sum(parameter.numel() for parameter in self.model.parameters())
            info["torch"] = str(self.torch.__version__)
        return info

    def first_rate(self):
        return float(self.optimizer.param_groups[self.first]["lr"])

    def devices(self):
        """The GPUs this process uses: asking others for their generators would open them."""
        if self.torch is None or not self.torch.cuda.is_initialized():
            return []
        own = {parameter.device.index for parameter in self.model.parameters() if parameter.is_cuda} if self.is_module else set()
        return sorted(own | {self.torch.cuda.current_device()})

    def check_rate(self):
        """Is the rate still the one that was set? A tensor is not looked at."""
        rate = self.optimizer.param_groups[self.first]["lr"]
        if isinstance(rate, float) and rate != self.set_to:
            raise RuntimeError(f"neap: the rate was set to {self.set_to:g} for this step, and something else set it to {rate:g}: "
                               "take the learning-rate scheduler out of the loop")

    def check_used(self, steps):
        """Has an optimizer of torch's, which keeps a state for each parameter, one after so many steps?"""
        if steps < 20 or len(getattr(self.optimizer, "state", "no")) > 0 or not is_plain(self.optimizer):
            return
        if any("betas" in group or group.get("momentum") for group in self.optimizer.param_groups):
            raise RuntimeError("neap: the optimizer that neap.connect was given has taken no step: is another one used?")

    def set_rate(self, rate, momentum=None):
        self.set_to = rate
        for group, ratio in zip(self.optimizer.param_groups, self.ratios):
            if self.torch is not None and self.torch.is_tensor(group["lr"]):
                group["lr"].fill_(rate * ratio)
            else:
                group["lr"] = rate * ratio
            if momentum is not None:
                if "momentum" in group:
                    group["momentum"] = momentum
                else:
                    group["betas"] = (momentum, *group["betas"][1:])

    def copy(self):
        """A copy in the host's memory, of which nothing is shared."""
        return {
            "model": clone(self.model.state_dict()),
            "optimizer": clone(self.optimizer.state_dict()) if self.restores_optimizer else None,
            "others": [clone(thing.state_dict()) for thing in self.others],
            "generators": read_generators(self.devices()),
            "average": self.average and self.average.state_dict(),
        }

    def restore(self, kept):
        """Go back to a copy, which stays as it is."""
        self.model.load_state_dict(kept["model"] if self.is_module else clone(kept["model"]))   # a module copies by itself
        if kept["optimizer"] is not None and not put_back(self.optimizer, kept["optimizer"]):
            self.optimizer.load_state_dict(clone(kept["optimizer"]))
        for thing, its in zip(self.others, kept["others"]):
            thing.load_state_dict(clone(its))
        self.average = Average(self.model, kept["average"]) if kept["average"] else None
        write_generators(kept["generators"])

    def blend(self, kept, share):
        """Move the weights a share of the way to a copy's."""
        with self.torch.no_grad():
            for name, tensor in averaged(self.model).items():
                tensor.lerp_(kept["model"][name].to(tensor.device), share)

    def set_average(self, verb):
        if verb == "start":
            self.average = Average(self.model)
        else:
            if verb == "adopt" and self.average is not None:
                self.average.adopt()
            self.average = None

    def normalisations(self):
        """The batch normalisations whose statistics are running ones, and not frozen."""
        if not self.is_module:
            return []
        kind = self.torch.nn.modules.batchnorm._BatchNorm
        return [module for module in self.model.modules()
                if isinstance(module, kind) and module.running_mean is not None and module.training]

    def evaluating(self, averaged, batch_statistics=False):
        return Evaluating(self, averaged, batch_statistics)


def normalise(module, rows):
    """Batch normalisation by the statistics of a batch; of one that has none, a single row, by the running ones."""
    if rows.numel() == rows.shape[1]:
        return type(module).forward(module, rows)
    torch = sys.modules["torch"]
    return torch.nn.functional.batch_norm(rows, None, None, module.weight, module.bias, True, 0.0, module.eps)


class Evaluating:
    """While it lasts the model is in evaluation mode, without gradients; then all is as it was, generators included.

    With batch statistics, batch normalisation takes those of the batch that is evaluated. Its running ones lag behind weights that
    move fast, so that a loss by them says little of a training at a high rate.
    """

    def __init__(self, state, averaged, batch_statistics):
        self.state, self.average = state, state.average if averaged else None
        self.normalisations = state.normalisations() if batch_statistics else []

    def __enter__(self):
        self.generators = read_generators(self.state.devices())
        self.modes = list(self.state.model.modules()) if self.state.is_module else []
        self.modes = [(module, module.training) for module in self.modes]
        if self.state.is_module:
            self.state.model.eval()
            self.gradients = self.state.torch.no_grad()
            self.gradients.__enter__()
        if self.average is not None:
            self.average.show()
        for module in self.normalisations:
            module.forward = functools.partial(normalise, module)

    def __exit__(self, *problem):
        for module in self.normalisations:
            del module.forward
        if self.average is not None:
            self.average.hide()
        if self.state.is_module:
            self.gradients.__exit__(*problem)
        for module, mode in self.modes:
            module.training = mode
        write_generators(self.generators)
        if isinstance(problem[1], RuntimeError) and "does not require grad" in str(problem[1]):
            raise RuntimeError(
                "neap: evaluate needs gradients, and is called without: say 'with torch.enable_grad():' around them") from problem[1]


def is_lazy(parameter):
    return isinstance(parameter, getattr(sys.modules["torch"].nn.parameter, "UninitializedTensorMixin", ()))


def averaged(model):
    """By name, what an average of a module's weights is taken of: its parameters, and the means and variances of a batch
    normalisation, which belong to them. Other buffers (a mask, a table of positions) and whole numbers stay as they are."""
    tensors = dict(model.named_parameters())
    for name, module in model.named_modules():
        for kind in ("running_mean", "running_var"):
            if getattr(module, kind, None) is not None:
                tensors[f"{name}.{kind}" if name else kind] = getattr(module, kind)
    return {name: tensor for name, tensor in tensors.items() if tensor.is_floating_point()}


class Average:
    """An average of a module's weights: after step t = 0, 1, ... it moves by 9 / (t + 9) of the way to them. It is kept in
    single precision at least: in half of it, steps so small would be lost."""

    def __init__(self, model, kept=None):
        self.torch = sys.modules["torch"]
        self.tensors = list(averaged(model).values())
        self.count = kept["count"] if kept else 0
        self.mean = [clone(mean).to(tensor.device, wide(tensor)) for mean, tensor in
                     zip(kept["mean"] if kept else [tensor.detach() for tensor in self.tensors], self.tensors)]

    def move(self):
        with self.torch.no_grad():
            for mean, tensor in zip(self.mean, self.tensors):
                mean.lerp_(tensor.to(mean.dtype), 9 / (self.count + 9))
        self.count += 1

    def show(self):
        """Put the average in the weights' place, until hide."""
        self.hidden = [tensor.data for tensor in self.tensors]
        for mean, tensor in zip(self.mean, self.tensors):
            tensor.data = mean.to(tensor.dtype)

    def hide(self):
        for tensor, data in zip(self.tensors, self.hidden):
            tensor.data = data
        del self.hidden

    def adopt(self):
        with self.torch.no_grad():
            for mean, tensor in zip(self.mean, self.tensors):
                tensor.copy_(mean)

    def state_dict(self):
        return {"count": self.count, "mean": [clone(mean) for mean in self.mean]}


def wide(tensor):
    return tensor.dtype if tensor.element_size() >= 4 else sys.modules["torch"].float32


def clone(value):
    """A copy that shares nothing; tensors go to the host's memory."""
    torch = sys.modules.get("torch")
    if torch is not None and torch.is_tensor(value):
        return value.detach().to("cpu", copy=True)
    if isinstance(value, dict):
        return type(value)((key, clone(entry)) for key, entry in value.items())
    if type(value) in (list, tuple):
        return type(value)(clone(entry) for entry in value)
    return copy.deepcopy(value)


def is_plain(optimizer):
    """Is it one of torch's, which keeps its state where all of them do?"""
    torch = sys.modules.get("torch")
    return torch is not None and getattr(type(optimizer), "state_dict", None) is torch.optim.Optimizer.state_dict


def put_back(optimizer, kept):
    """Restore an optimizer of torch's in place: its load_state_dict would copy everything once more. False, and nothing
    done, if anything but the values of tensors differs: there is a state now where there was none, say."""
    torch, pairs = sys.modules.get("torch"), []
    if not is_plain(optimizer):
        return False
    if not alike(optimizer.state_dict(), kept, pairs):
        return False
    with torch.no_grad():
        for place, tensor in pairs:
            place.copy_(tensor)
    return True


def alike(now, kept, pairs):
    """Do the two differ in tensors' values and rates alone? Collects the pairs of tensors."""
    is_tensor = sys.modules["torch"].is_tensor
    if is_tensor(now):
        pairs.append((now, kept))
        return is_tensor(kept) and now.shape == kept.shape and now.dtype == kept.dtype
    if isinstance(now, dict):
        return isinstance(kept, dict) and now.keys() == kept.keys() and all(
            alike(now[key], kept[key], pairs) for key in now if key != "lr")
    if isinstance(now, (list, tuple)):
        return isinstance(kept, (list, tuple)) and len(now) == len(kept) and all(
            alike(a, b, pairs) for a, b in zip(now, kept))
    return type(now) is type(kept) and now == kept


def read_generators(devices=()):
    """The states of the global generators of Python, NumPy and PyTorch, as far as they are in use; of GPUs, those named."""
    numpy, torch = sys.modules.get("numpy"), sys.modules.get("torch")
    states = {"python": random.getstate()}
    if numpy is not None:
        states["numpy"] = numpy.random.get_state()
    if torch is not None:
        states["torch"] = torch.get_rng_state()
        states["cuda"] = {device: torch.cuda.get_rng_state(device) for device in devices}
    return states


def write_generators(states):
    random.setstate(states["python"])
    if "numpy" in states:
        import numpy
        numpy.random.set_state(states["numpy"])
    if "torch" in states:
        torch = sys.modules["torch"]
        torch.set_rng_state(states["torch"])
        for device, state in states["cuda"].items():
            torch.cuda.set_rng_state(state, device)


def write_file(path, state):
    """A checkpoint on disk: whole, or not at all. Returns its bytes."""
    buffer, torch = io.BytesIO(), sys.modules.get("torch")
    (torch.save if torch is not None else pickle.dump)(state, buffer)
    data = buffer.getbuffer()
    head = b"%s %d %s\n" % (MAGIC, len(data), hashlib.sha256(data).hexdigest().encode())
    beside = f"{path}.{os.getpid()}.part"
    try:
        with open(beside, "wb") as file:
            file.write(head)
            file.write(data)
            file.flush()
            os.fsync(file.fileno())
        os.replace(beside, path)
    except OSError:
        if os.path.exists(beside):
            os.remove(beside)
        raise
    folder = os.open(os.path.dirname(path) or ".", os.O_RDONLY)
    try:
        os.fsync(folder)
    finally:
        os.close(folder)
    return len(head) + len(data)


def read_file(path):
    """The state in a file, if it is all there."""
    with open(path, "rb") as file:
        words, data = file.readline(200).rsplit(b" ", 2), file.read()
    if len(words) != 3 or words[0] != MAGIC:
        raise Refused("bad_data", f"{path}: no checkpoint of neap's")
    if words[1] != b"%d" % len(data) or words[2].strip() != hashlib.sha256(data).hexdigest().encode():
        raise Refused("bad_data", f"{path}: the checkpoint was cut or altered")
    torch = sys.modules.get("torch")
    if torch is None:
        return pickle.loads(data)
    return torch.load(io.BytesIO(data), map_location="cpu")
