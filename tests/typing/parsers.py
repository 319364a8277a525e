"""What an output parser may be made of, and what it makes of an answer."""

from __future__ import annotations

from typing import assert_type

from mirascope import llm


@llm.output_parser(formatting_instructions="One number a line.")
def numbers(response: llm.AnyResponse) -> list[float]:
    return [float(line) for line in response.text().splitlines()]


class Shouting:
    def __call__(self, response: llm.AnyResponse) -> str:
        return response.text().upper()


shouted = llm.output_parser(formatting_instructions="")(Shouting())


@llm.call("openai/gpt-5-mini", format=numbers)
def primes(below: int) -> str:
    return f"The primes below {below}."


def parsed(model: llm.Model, response: llm.AnyResponse) -> None:
    assert_type(numbers, llm.OutputParser[list[float]])
    assert_type(shouted, llm.OutputParser[str])
    assert_type(numbers(response), list[float])
    assert_type(primes(9).parse(), list[float])
    assert_type(model.call("x", format=shouted), llm.Response[str])
    assert_type(llm.format(numbers, mode="parser"), llm.Format[list[float]])


def refused() -> None:
    def two(response: llm.AnyResponse, more: int) -> str:
        return response.text() * more

    llm.output_parser(formatting_instructions="")(two)  # type: ignore[arg-type]  # pyright: ignore[reportArgumentType]


class Book:
    title: str


def described(maybe: type[Book] | None, kind: type[Book]) -> None:
    assert_type(llm.format(Book, mode="tool"), llm.Format[Book])
    assert_type(llm.format(kind, mode="tool"), llm.Format[Book])
    assert_type(llm.format(list[int], mode="tool"), llm.Format[list[int]])
    assert_type(llm.format(maybe, mode="tool"), llm.Format[Book] | None)
    llm.format(None, mode="tool")
