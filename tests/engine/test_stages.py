"""What every stage promises: names that never clash, a rule for every message, and no personal data in the journal."""

from __future__ import annotations

import re
import typing
from collections import Counter as Tally
from collections.abc import Iterator
from typing import Any

import msgspec
import pytest

from purveyor.core.messages import Command, Fact, Job
from purveyor.core.refusals import Refusal
from purveyor.core.registry import APPLIES, DECIDES, FOLLOWS
from purveyor.engine.jobs import JOB_HANDLERS, SWEEPS

Message = type[Command] | type[Fact] | type[Job]


def all_of(kind: Any) -> list[Any]:
    """Every message of the application that can be sent: those with a tag of their own."""
    found: list[Any] = []
    for each in kind.__subclasses__():
        if each.__module__.startswith("purveyor.") and each.__struct_config__.tag is not None and is_concrete(each):
            found.append(each)
        found.extend(all_of(each))
    return found


def is_concrete(kind: Any) -> bool:
    return "." in str(kind.__struct_config__.tag)


COMMANDS, FACTS, JOBS = all_of(Command), all_of(Fact), all_of(Job)
PERSONAL = re.compile(
    r"(^|_)(e?mail|phone|street|postal_code|first_name|last_name|address|text|note|body|message|document)s?$"
)
# Words that look personal and are not; each with its reason.
HARMLESS = {
    "shipping.label_requested:origin.street": "of our own warehouse",
    "shipping.label_requested:origin.postal_code": "of our own warehouse",
    "shipping.buy_label:origin.street": "of our own warehouse",
    "shipping.buy_label:origin.postal_code": "of our own warehouse",
    "packing.parcel_packed:notes": "codes of what the packer was warned of",
}


def name(message: Any) -> str:
    return str(message.kind())


@pytest.mark.parametrize("kind", [Command, Fact, Job])
def test_tags_are_unique_and_named_after_their_room(kind: Any) -> None:
    tags = Tally(each.kind() for each in all_of(kind))
    assert [tag for tag, count in tags.items() if count > 1] == []
    for each in all_of(kind):
        stage = each.__module__.split(".")[2]
        assert re.fullmatch(r"[a-z]+\.[a-z][a-z0-9_]*", each.kind()), each.kind()
        assert each.kind().split(".")[0] == stage, f"{each.__module__}.{each.__name__} is called {each.kind()}"


@pytest.mark.parametrize("command", COMMANDS, ids=name)
def test_every_command_is_decided(command: type[Command]) -> None:
    assert command in DECIDES


@pytest.mark.parametrize("job", JOBS, ids=name)
def test_every_job_is_performed(job: type[Job]) -> None:
    assert job in JOB_HANDLERS


@pytest.mark.parametrize("message", [*COMMANDS, *FACTS, *JOBS], ids=name)
def test_every_message_is_frozen_and_can_be_read_back(message: Any) -> None:
    assert message.__struct_config__.frozen
    msgspec.json.Decoder(message)  # raises for types that JSON cannot hold


def test_rules_are_about_messages_of_the_application() -> None:
    assert {each for each in APPLIES if each.__module__.startswith("purveyor.")} <= set(FACTS)
    assert {each for each in FOLLOWS if each.__module__.startswith("purveyor.")} <= set(FACTS)


def test_sweeps_have_names_of_their_own() -> None:
    names = Tally(sweep.name for sweep in SWEEPS)
    assert [sweep for sweep, count in names.items() if count > 1] == []


def fields_of(kind: Any, path: str = "") -> Iterator[tuple[str, str]]:
    """Every field of a message, and of the structs in it, that may hold text: its path and its own name."""
    hints = typing.get_type_hints(kind)
    for field in msgspec.structs.fields(kind):
        if "UUID" not in str(hints[field.name]):
            yield f"{path}.{field.name}".lstrip("."), field.name
        for inner in structs_in(hints[field.name]):
            yield from fields_of(inner, f"{path}.{field.name}")


def structs_in(annotation: Any) -> Iterator[Any]:
    if isinstance(annotation, type) and issubclass(annotation, msgspec.Struct):
        yield annotation
    for inner in typing.get_args(annotation):
        yield from structs_in(inner)


@pytest.mark.parametrize("message", [*FACTS, *JOBS], ids=name)
def test_facts_and_jobs_hold_no_personal_data(message: Any) -> None:
    found = [
        path
        for path, field in fields_of(message)
        if PERSONAL.search(field) and f"{message.kind()}:{path}" not in HARMLESS
    ]
    assert found == []


def all_refusals(of: type[Refusal]) -> Iterator[type[Refusal]]:
    for each in of.__subclasses__():
        if each.__module__.startswith("purveyor."):
            yield each
        yield from all_refusals(each)


def test_a_refusal_says_its_data_in_its_sentence_and_has_a_code_of_its_own() -> None:
    codes = Tally(refusal.code for refusal in all_refusals(Refusal))
    for refusal in all_refusals(Refusal):
        said = set(re.findall(r"{(\w+)}", refusal.sentence))
        known = {field for kind in refusal.__mro__ for field in getattr(kind, "__annotations__", {})}
        if refusal.__annotations__:
            assert said <= known, f"{refusal.__name__}: {said - known}"
    assert codes
