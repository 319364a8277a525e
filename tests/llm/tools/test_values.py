"""Provider tools and hand-written parameter schemas."""

from __future__ import annotations

import dataclasses
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mirascope.llm.tools import ProviderTool, ToolParameterSchema, WebSearchTool

SCHEMA: dict[str, Any] = {
    "properties": {"x": {"$ref": "#/$defs/X"}, "y": {"default": None}},
    "required": ["x"],
    "additionalProperties": {"type": "string"},
    "$defs": {"X": {"type": "object", "properties": {}}},
}


def test_provider_tools_are_values() -> None:
    assert ProviderTool("code") == ProviderTool(name="code")
    assert hash(ProviderTool("code")) == hash(ProviderTool("code"))
    assert WebSearchTool() == WebSearchTool()
    assert len({WebSearchTool(), WebSearchTool()}) == 1
    assert WebSearchTool().name == "web_search"
    assert WebSearchTool() != ProviderTool("web_search")
    with pytest.raises(TypeError):
        WebSearchTool("other")  # type: ignore[call-arg]  # not a parameter
    with pytest.raises(dataclasses.FrozenInstanceError):
        WebSearchTool().name = "x"  # type: ignore[misc]  # frozen


def test_an_empty_schema() -> None:
    schema = ToolParameterSchema()
    assert (schema.properties, schema.required, schema.additionalProperties, schema.defs) == (
        {},
        [],
        False,
        None,
    )
    assert schema.model_dump(by_alias=True, exclude_none=True) == {
        "properties": {},
        "required": [],
        "additionalProperties": False,
    }
    assert schema.model_dump() == {
        "properties": {},
        "required": [],
        "additionalProperties": False,
        "defs": None,
    }


def test_definitions_by_either_name() -> None:
    defs = {"X": {"type": "object"}}
    assert ToolParameterSchema(defs=defs) == ToolParameterSchema(**{"$defs": defs})
    assert ToolParameterSchema(defs=defs) != ToolParameterSchema()
    assert ToolParameterSchema(defs=defs).model_dump(by_alias=True)["$defs"] == defs
    assert ToolParameterSchema(defs=defs).model_dump()["defs"] == defs
    later = ToolParameterSchema()
    later.defs = defs
    assert later == ToolParameterSchema(defs=defs)


def test_other_keywords_are_mistakes_in_the_constructor_and_dropped_from_schemas() -> None:
    with pytest.raises(TypeError, match="'propertys'"):
        ToolParameterSchema(propertys={})
    schema = ToolParameterSchema.model_validate(
        {"type": "object", "title": "T", "$schema": "...", **SCHEMA}
    )
    assert schema.model_dump(by_alias=True) == SCHEMA
    assert ToolParameterSchema.model_validate({}) == ToolParameterSchema()


def test_a_dump_keeps_nulls_inside_and_shares_nothing() -> None:
    schema = ToolParameterSchema.model_validate(SCHEMA)
    dump = schema.model_dump(by_alias=True, exclude_none=True)
    assert dump == SCHEMA
    dump["properties"]["x"]["added"] = 1
    dump["$defs"]["X"]["properties"]["added"] = {}
    dump["required"].append("y")
    dump["additionalProperties"]["added"] = 1
    assert schema.model_dump(by_alias=True) == SCHEMA


json_schemas = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(), inner, max_size=3),
    max_leaves=8,
)


@given(properties=st.dictionaries(st.text(), st.dictionaries(st.text(), json_schemas)))
def test_a_dump_is_a_schema_again(properties: dict[str, Any]) -> None:
    schema = ToolParameterSchema(properties=properties, required=list(properties)[:1])
    assert ToolParameterSchema.model_validate(schema.model_dump(by_alias=True)) == schema
