"""Hostile submissions, in one batch with honest ones before and after: what
each tries is in cases/hostile/, and it must not succeed."""

import pytest

from tests.commands.grading.cases import arena, course, hostile
from tests.commands.grading.cases.course import AUTOMATIC
from tests.support import needs

pytestmark = pytest.mark.slow
each = pytest.mark.parametrize("name", hostile.CASES)


# A case that is taken out is missed here. Further ones are welcome.
MUST_BE_TRIED = {
    "it reads": """
        reads-solutions reads-others reads-gradebook reads-environment
        reads-hidden-tests reads-hidden-tests-coded
        reads-hidden-tests-error reads-hidden-tests-error-coded
        reads-hidden-tests-traceback reads-hidden-tests-frames
        reads-engine""",
    "it writes": """
        writes-gradebook writes-others writes-course links-to-gradebook
        links-to-solutions links-as-notebook""",
    "it uses up": """
        fork-bomb memory-bomb memory-bomb-of-many disk-fill output-flood
        log-flood error-flood display-flood widget-flood reply-flood
        memory-of-nobody empty-files buffer-flood
        endless-page hundred-slow-cells huge-notebook""",
    "it does not end": """
        os-exit ignores-interrupts refuses-to-end daemon kills-grader
        stops-itself drops-replies no-more-answers named-pipe
        half-a-message drop-by-drop words-without-form""",
    "it calls": "network socket-families sockets-of-others scripts",
    "it silences errors": """
        silenced-traceback custom-exception-handler errors-dropped
        errors-cleared replies-forged asserts-stripped run-cell-hook
        input-hook input-hook-aimed skip-execution
        task-patched-now-and-then hook-around-each-cell""",
    "it replaces the checks": """
        check-replaced module-replaced task-patched checks-patched
        feedback-patched helpers-handed-in startup-handed-in
        code-of-checks-swapped feedback-raised""",
    "it guesses the answers": """
        always-equal builtins-patched constants-read
        constants-remembered globals-read frames-scanned""",
    "it bends what a check computes with": """
        geod-patched to-crs-patched mean-patched
        libraries-patched-by-one-who-knows layer-answered-right""",
    "it gives itself points": """
        partial-credit partial-credit-word partial-credit-too-much
        partial-credit-none""",
}


@pytest.fixture(scope="module")
def batch(tmp_path_factory):
    needs("bwrap")
    return hostile.engine(hostile.CASES, tmp_path_factory.mktemp("hostile"))


@pytest.mark.parametrize("aim", MUST_BE_TRIED)
def test_each_known_attack_is_tried(aim):
    assert not set(MUST_BE_TRIED[aim].split()) - hostile.CASES.keys()


# --- the batch -------------------------------------------------------------

def test_the_batch_is_graded_to_its_end(batch):
    assert batch.finished, batch.error
    assert batch.results.keys() >= hostile.CASES.keys()


def test_no_file_outside_is_changed(batch):
    assert not batch.changed


def test_no_process_is_left(batch):
    assert not batch.left


def test_processes_and_memory_stay_within_limits(batch):
    assert batch.most < 2 * hostile.LIMITS["processes"] + 40
    assert batch.megabytes < 1500


@pytest.mark.parametrize("student", [arena.FIRST, arena.LAST])
def test_the_honest_get_all_their_points(batch, student):
    honest = batch.results[student]
    assert honest.score == batch.gradebook[student] == AUTOMATIC
    assert not honest.reasons
    assert not honest.published  # the hidden tests' source


# --- each submission -------------------------------------------------------

@each
def test_it_ends_with_its_honest_score_or_a_reason(batch, name):
    result, case = batch.results[name], hostile.CASES[name]
    if hostile.HONEST not in case.ends or result.score != case.honest:
        assert result.score <= case.honest
        assert any(words in result.says for words in case.ends), result.says
    assert "Traceback" not in result.says


@each
def test_the_gradebook_says_the_same(batch, name):
    assert batch.gradebook.get(name, 0) == batch.results[name].score


@each
def test_nothing_secret_is_published(batch, name):
    assert not batch.results[name].published


@each
def test_nothing_is_written_outside(batch, name):
    assert not batch.results[name].escaped
    assert batch.results[name].megabytes < 8


@each
def test_nobody_is_called(batch, name):
    assert not batch.results[name].called


# --- what a browser does with the pages ------------------------------------

@pytest.mark.parametrize("page", [
    f"feedback/scripts/{course.DAY}/{course.NAME}.html",
    f"reports/{course.DAY}.html"])
def test_no_script_of_a_trainee_runs_in_the_browser(batch, chromium, page):
    tab, asked = chromium.new_page(), []
    tab.on("request", lambda request: asked.append(request))
    tab.goto((batch.root / page).as_uri())
    tab.wait_for_timeout(500)  # in which a script would act
    for name in ("#click", "#send"):
        for thing in tab.query_selector_all(name):
            thing.click(force=True, timeout=1000)
    tab.wait_for_timeout(300)  # in which a script would act
    assert tab.evaluate("window.owned") is None
    # "csp": the page's own policy has kept the browser from asking
    assert not [request.url for request in asked if request.url.startswith(
        "http") and request.failure != "csp"]
    assert tab.url.endswith(page)
    tab.close()


# --- the arena sees it -----------------------------------------------------

def test_secrets_are_found_in_disguise():
    import base64
    secret = course.HIDDEN_SECRET
    text = f"x = 1  # {secret} and more"
    for disguise in (text, text[::-1], text.encode().hex(),
                     *(base64.b64encode(("-" * n + text).encode()).decode()
                       for n in range(4))):
        assert arena.published(f"<p>{disguise}</p>", [secret]) == [secret]
    coded = base64.b64encode(text.encode()).decode()
    for wrapped in ("\n      ".join([coded[:20], coded[20:]]),
                    f"{coded[:9]}\\n {coded[9:]}",
                    f"<b>{coded[:11]}</b><i>{coded[11:]}</i>"):
        assert arena.published(f"<p>{wrapped}</p>", [secret]) == [secret]
    assert not arena.published("<p>nothing here</p>", [secret])


# What each trick wins where the checks run in the trainee's own Python.
HARM = {
    "task-patched": "9 points instead of 0",
    "task-patched-now-and-then": "7 points instead of 0",  # Tasks 1 and 3
    "hook-around-each-cell": "9 points instead of 0",
    "code-of-checks-swapped": "9 points instead of 0",
    "constants-read": "6 points instead of 0",
    "globals-read": "3 points instead of 0",
    "frames-scanned": "3 points instead of 0",
    "geod-patched": "2 points instead of 0",
    "to-crs-patched": "3 points instead of 0",
    "mean-patched": "2 points instead of 0",
    "libraries-patched-by-one-who-knows": "7 points lost",  # right answers
}


def test_the_same_submissions_harm_plain_nbgrader():
    needs("bwrap")
    done = hostile.plain(*HARM)
    assert {name: lines for name, lines in done.items() if not any(
        line.startswith(HARM[name]) for line in lines)} == {}
