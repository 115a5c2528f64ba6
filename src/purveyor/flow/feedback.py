"""What follows surveys."""

from __future__ import annotations

from purveyor.core.registry import Follow, after
from purveyor.core.state import State
from purveyor.flow.follow_ups import (
    tell,
)
from purveyor.flow.questions import (
    order_of,
)
from purveyor.stages.feedback import facts as feedback_facts
from purveyor.stages.support import commands as support


@after(feedback_facts.SurveyInvited)
def invite_to_the_survey(fact: feedback_facts.SurveyInvited, _state: State) -> Follow:
    yield tell(order_of(fact), "survey")


@after(feedback_facts.SurveyAnswered)
def look_after_low_scores(fact: feedback_facts.SurveyAnswered, _state: State) -> Follow:
    if fact.is_low:
        yield support.OpenCase(order_id=order_of(fact), topic="feedback", text_id=fact.text_id)
