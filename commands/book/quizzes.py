"""A question of helpers/quiz as a form of a page, which answers at once.

`quiz.ask` and `before_after.ask` write questions for paper: the answer is
folded away. Here each of them becomes a form, whose words a script of the
page (course/_static/selfcheck.js) uses. Without the script, the folded
answer still works.
"""

from html import escape

from helpers import quiz
from helpers.quiz import before_after

# What the cells of "before and after" show where no kernel runs.
AFTER = "In JupyterLab, the same questions stand here."
GAIN = "In JupyterLab, your gain per objective stands here."
BEFORE = "before"  # the first round, which says nothing about the answers


def found(text: str) -> list[quiz.Question]:
    """The questions for paper in the HTML that a cell has shown."""
    places = {text.find(quiz.on_paper(question)): question
              for question in quiz.questions().values()}
    return [places[place] for place in sorted(places) if place >= 0]


def forms(text: str, objectives: dict[str, tuple[str, str]]) -> str:
    """The HTML that a cell has shown, with forms in place of questions.

    objectives: id -> what a reader can do, and the address of the lesson.
    """
    if text in (AFTER, GAIN):
        name = "quiz-after" if text == AFTER else "quiz-gain"
        return f'<div class="{name}"><p>{text}</p></div>'
    questions = found(text)
    several = len(questions) > 1
    for question in questions:
        text = text.replace(quiz.on_paper(question), form(
            question, BEFORE if several else "",
            *objectives.get(question.objective, ("", ""))))
    return text.replace("<hr>", "") if several else text


def form(question: quiz.Question, round_: str = "", objective: str = "",
         lesson: str = "") -> str:
    """One question: a group of radio buttons, a button, a place for what is
    said, and the answers. round_: "before", or "" for a question that is
    answered at once."""
    name = f"quiz-{question.name}"
    words = quiz.in_own_order(question)
    texts = dict(question.options)
    if round_:
        words.append("")
        texts[""] = before_after.NOT_YET
    options = "".join(
        f'<label><input type="radio" name="{name}" value="{escape(word)}">'
        f"<span>{escape(texts[word])}</span></label>" for word in words)
    known = "".join(
        f' data-{key}="{escape(value)}"' for key, value in {
            "question": question.name, "right": question.right,
            "objective": question.objective, "can": objective,
            "lesson": lesson, "round": round_}.items() if value)
    button = "" if round_ else (
        '<button type="submit" class="book-button" hidden>'
        "Check my answer</button>")
    return (f'<form class="quiz" id="{name}"{known}><fieldset><legend>'
            f"{escape(question.text)}</legend>{options}</fieldset>{button}"
            f'<div class="quiz-said" role="status"></div>'
            f"{_answers(question)}</form>")


def _answers(question: quiz.Question) -> str:
    """Why each option is right or not: folded away."""
    others = "".join(
        f'<li data-word="{escape(word)}"><i>{escape(text)}</i> '
        f"<span>{escape(question.why[word])}</span></li>"
        for word, text in question.options.items() if word != question.right)
    right = escape(question.right)
    return ('<details class="quiz-answer"><summary>The answer</summary>'
            f'<p data-word="{right}"><b>Right:</b> '
            f"<i>{escape(question.options[question.right])}</i> "
            f"<span>{escape(question.why[question.right])}</span></p>"
            f"<p>The others:</p><ul>{others}</ul></details>")
