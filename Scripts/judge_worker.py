#!/usr/bin/env python3
"""Lets `nbverify judge` call a Python function again and again (docs/worker.md).

    judge_worker.py FILE_OR_MODULE:FUNCTION

FUNCTION takes the words of a command line, as the C program would get them, and returns the image: rows along the slow
axis, each with the pixels along the fast axis. A NumPy array, a PyTorch tensor on the CPU or nested lists will do. If
it takes a keyword `trace`, it gets (slow, fast) or None there and returns the image and the text of the trace. It runs
in an empty folder that holds the files of the command line. An exception is a refusal; its text is shown.
"""
import array
import contextlib
import importlib
import importlib.util
import inspect
import io
import json
import os
import sys
import traceback

VERSION = 1


def load(name):
    """The function of `file.py:function` or `module:function`."""
    place, separator, attribute = name.rpartition(":")
    if not separator:
        sys.exit("judge_worker.py: give FILE:FUNCTION or MODULE:FUNCTION")
    if place.endswith(".py"):
        specification = importlib.util.spec_from_file_location("judged", place)
        module = importlib.util.module_from_spec(specification)
        sys.path.insert(0, os.path.dirname(os.path.abspath(place)))
        specification.loader.exec_module(module)
    else:
        sys.path.insert(0, os.getcwd())
        module = importlib.import_module(place)
    return getattr(module, attribute)


def floats(image):
    """The pixels as little-endian 32-bit floats, row by row."""
    if hasattr(image, "detach"):
        image = image.detach().cpu().numpy()
    if hasattr(image, "astype"):
        return image.astype("<f4").tobytes()
    pixels = array.array("f", (pixel for row in image for pixel in row))
    if sys.byteorder == "big":
        pixels.byteswap()
    return pixels.tobytes()


def answer(function, wants_trace, question):
    """One run: writes the image, returns the answer."""
    os.chdir(question["folder"])
    said = io.StringIO()
    try:
        with contextlib.redirect_stdout(said):
            if wants_trace:
                trace = question.get("trace")
                image, text = function(question["arguments"], trace=tuple(trace) if trace else None)
            else:
                image, text = function(question["arguments"]), None
        with open(question["image"], "wb") as file:
            file.write(floats(image))
    except (Exception, SystemExit) as error:
        if not isinstance(error, SystemExit):
            traceback.print_exc()
        return {"error": f"{type(error).__name__}: {error}"[-500:]}
    reply = {"printed": said.getvalue()}
    if text:
        reply["trace"] = text
    return reply


def main():
    if len(sys.argv) != 2:
        sys.exit(__doc__)
    # What the function prints must not get between the answers.
    channel = os.fdopen(os.dup(1), "w", encoding="utf-8")
    os.dup2(2, 1)
    home = os.getcwd()
    function = load(sys.argv[1])
    wants_trace = "trace" in inspect.signature(function).parameters
    print(json.dumps({"version": VERSION}), file=channel, flush=True)
    for line in sys.stdin:
        question = json.loads(line)
        if question["version"] != VERSION:
            reply = {"error": f"protocol {question['version']} is asked for, this is {VERSION}"}
        else:
            reply = answer(function, wants_trace, question)
        os.chdir(home)
        print(json.dumps(reply), file=channel, flush=True)


if __name__ == "__main__":
    main()
