"""Calls that a check makes one after the other travel together, and nobody
notices but by the time."""

import pathlib

import pytest

from commands.grading.cage.forkserver import ahead, serving
from commands.grading.cage.forkserver.derived import derived_lines
from helpers.check import answers, codec


def recorded(check, **functions) -> list[ahead.Call]:
    """The calls of a check of these functions."""
    recorder = ahead.Recorder()
    check(**{name: recorder.watch(name, function)
             for name, function in functions.items()})
    return recorder.calls


def asked(check, expected, functions, seconds=5) -> list[dict]:
    """What is sent to the answers' Python while a check of them runs."""
    messages = []

    def ask(request):
        messages.append(request)
        return ({"replies": serving.perform_several(request, functions)}
                if request["do"] == "calls" else
                answers.perform(request, functions))
    together = ahead.Ahead(expected, ask)
    check(**{name: answers.Answer(name, together, seconds=seconds)
             for name in functions})
    return messages


def double(value):
    return value * 2


def check_of_five(double):
    found = [double(value) for value in (1, "a", 2.5, [3], 4)]
    assert found == [2, "aa", 5.0, [3, 3], 8]


def test_the_calls_of_a_check_are_one_message():
    calls = recorded(check_of_five, double=double)
    assert [name for name, _ in calls] == ["double"] * 5
    (message,) = asked(check_of_five, calls, {"double": double})
    assert message["do"] == "calls"


def test_a_function_s_own_calls_are_none_of_the_check():
    def twice(value):
        return functions["double"](functions["double"](value))
    recorder, functions = ahead.Recorder(), {}
    functions |= {"double": recorder.watch("double", double),
                  "twice": recorder.watch("twice", twice)}
    assert functions["twice"](3) == 12
    assert [name for name, _ in recorder.calls] == ["twice"]


def test_another_call_than_the_expected_one_is_asked_for_itself():
    """It depends on an answer, say: from there on call by call."""
    def check(double):
        double(double(1)), double(7)
    calls = recorded(check, double=double)
    kinds = [(message["do"], codec.decode(message["arguments"])[0] if
              message["do"] == "call" else len(message["calls"]))
             for message in asked(check, calls, {"double": lambda _: 5})]
    assert kinds == [("calls", 3), ("call", [5]), ("call", [7])]


def test_calls_have_the_order_and_the_memory_of_single_ones():
    def counted(seen=[]):  # noqa: B006 - what it remembers is tested
        seen.append(1)
        return len(seen)

    def check(counted):
        assert [counted(), counted(), counted()] == [1, 2, 3]
    calls = [("counted", codec.encode([[], {}]))] * 3
    assert len(asked(check, calls, {"counted": counted})) == 1


def test_each_call_has_its_own_errors_and_changes():
    def first(rows):
        return rows.pop(0)

    def check(first):
        assert first([1, 2]) == 1 and first.changed_arguments == [0]
        with pytest.raises(IndexError, match="pop from empty list"):
            first([])
        assert first([3]) == 3
    calls = [("first", codec.encode([[rows], {}]))
             for rows in ([1, 2], [], [3])]
    assert len(asked(check, calls, {"first": first})) == 1


def test_slow_answers_are_not_waited_for_in_advance(monkeypatch):
    """Else a check that ends with the first wrong answer would wait for
    all."""
    monkeypatch.setattr(serving, "SECONDS_AHEAD", 0)
    calls = recorded(check_of_five, double=double)
    sizes = [len(message["calls"]) for message in asked(
        check_of_five, calls, {"double": double})]
    assert sizes == [5, 4, 3, 2, 1]


def test_large_answers_are_not_kept_in_advance(monkeypatch):
    monkeypatch.setattr(serving, "BYTES_AHEAD", 10)
    calls = recorded(check_of_five, double=double)
    assert 1 < len(asked(check_of_five, calls, {"double": double})) <= 5


def test_a_call_that_takes_too_long_is_told_with_its_arguments():
    def endless(number):
        while number > 1:
            pass
        return number

    def check(endless):
        assert endless(1) == 1
        with pytest.raises(answers.TooSlow, match=r"endless\(2\) was stopped"):
            endless(2)
    calls = [("endless", codec.encode([[number], {}])) for number in (1, 2)]
    asked(check, calls, {"endless": endless}, seconds=0.2)


def test_a_call_that_may_change_a_variable_is_asked_for_itself():
    def check(double):
        double(1)
        double.watched = ("table",)
        double(2)
    calls = recorded(check, double=double)
    assert [message["do"] for message in asked(
        check, calls, {"double": double})] == ["calls", "call"]


@pytest.mark.parametrize("reply", [
    {"replies": 3}, {"replies": []}, {"replies": [1, 2]}, {}])
def test_a_reply_that_is_none_is_not_believed(reply):
    """A trainee's Python can send anything: it is no answer to the call."""
    expected = [("f", codec.encode([[1], {}])), ("f", codec.encode([[2], {}]))]
    answer = answers.Answer("f", ahead.Ahead(expected, lambda _: reply))
    with pytest.raises(codec.CodecError):
        answer(1)


def test_more_replies_than_calls_are_not_used():
    good = {"returned": codec.encode(4)}
    together = ahead.Ahead([("f", codec.encode([[1], {}]))], lambda request: (
        {"replies": [good] * 9} if request["do"] == "calls" else
        {"returned": codec.encode("asked")}))
    answer = answers.Answer("f", together)
    assert [answer(1), answer(1)] == [4, "asked"]


def test_files_and_what_is_used_up_end_a_record(tmp_path):
    def check(read):
        read(1), read(path), read(2)
    path = pathlib.Path(tmp_path, "a.csv")
    assert len(recorded(check, read=lambda _: 0)) == 1

    def check_of_generator(total):
        assert total(number for number in (1, 2)) == 3
    assert recorded(check_of_generator, total=sum) == []


def test_what_cannot_be_sent_ends_a_record_and_no_check(monkeypatch):
    """The solution's check goes on: its function needs no sending."""
    endless = []
    endless.append(endless)

    def check(size):
        assert [size([1]), size(endless), size([2, 3])] == [1, 1, 2]
    assert len(recorded(check, size=len)) == 1
    monkeypatch.setattr(ahead, "MOST_BYTES", 60)  # one call
    assert len(recorded(check_of_five, double=double)) == 1
    monkeypatch.undo()
    monkeypatch.setattr(ahead, "MOST_CALLS", 3)
    assert len(recorded(check_of_five, double=double)) == 3


# --- what a reference gave stays with the checker ---------------------------

def crs_of(rows):
    return f"EPSG:{rows}"


def place(rows, crs):
    return f"{rows} in {crs}"


FUNCTIONS = {"crs_of": crs_of, "place": place}
COMPOSED = """
found = crs_of(22391)
place(1, found)
place(2, 'known')
crs_of(4326)
"""


def test_a_result_of_the_reference_never_travels_as_an_argument():
    """Else an answer could read its expected value in the next call."""
    namespace = {}
    recorder = ahead.Recorder(namespace, derived_lines(COMPOSED,
                                                       set(FUNCTIONS)))
    cell = compile(COMPOSED, "<check>", "exec")
    namespace |= {name: recorder.watch(name, function)
                  for name, function in FUNCTIONS.items()}
    exec(cell, namespace)
    assert not any(b"EPSG" in arguments for _, arguments in recorder.calls)
    messages = asked(lambda **answers: exec(cell, answers), recorder.calls,
                     FUNCTIONS | {"crs_of": lambda rows: "a guess"})
    assert [message["do"] for message in messages] == [
        "calls", "call", "calls"]
    assert b"a guess" in messages[1]["arguments"]
    assert len(messages[2]["calls"]) == 2


@pytest.mark.parametrize("source, lines", [
    ("place(1, 'known')\nplace(2, other(3))", set()),
    ("place(crs_of(1), 2)", {1}),
    ("got = crs_of(1)\nhalf = got[:3]\nplace(1, half)", {3}),
    ("check.refuses(place, 1, crs_of(2))", {1}),
    ("for got in [crs_of(1)]:\n    place(1, got)", {2}),
    ("for n, got in zip([1], [crs_of(1)]):\n    place(n, 2)\n"
     "    place(n, got)", {3}),
    ("def ask(crs):\n    place(1, crs)\nask('a')\nask(crs_of(1))", {2}),
    ("def ask(crs):\n    place(1, crs)\nask(*[crs_of(1)])", {2}),
    ("def ask(*, crs):\n    place(1, crs)\nask(crs=crs_of(1))", {2}),
    ("def ask():\n    return crs_of(1)\nplace(1, ask())", {3}),
    ("def ask(rows):\n    return crs_of(rows)\nask(1)\nplace(1, 2)", set()),
    ("def other():\n    place = 3\n    return place\ncrs_of(other())",
     set())])
def test_calls_that_build_on_results_are_seen_in_the_text(source, lines):
    assert derived_lines(source, {"crs_of", "place"}) == lines


def test_more_replies_than_calls_are_not_kept():
    calls = [("double", codec.encode([[1], {}])), ("double", ahead.DERIVED),
             ("double", codec.encode([[2], {}]))]
    together = ahead.Ahead(calls, lambda request: {"replies": [
        {"returned": codec.encode(n)} for n in range(9)]} if
        request["do"] == "calls" else {"returned": codec.encode(99)})
    double = answers.Answer("double", together)
    assert [double(1), double(7), double(2)] == [0, 99, 0]
