"""One vendor's import loads no other SDK, and a missing SDK says what to install."""

from __future__ import annotations

import ast
import importlib
import subprocess
import sys
import warnings
from pathlib import Path

import pytest

import mirascope.core

from . import paths
from .vendors import BY_NAME, VENDORS, V1Vendor, each

SOURCE = Path(mirascope.core.__file__).parent
# The modules whose presence shows that an SDK was loaded.
SDKS = {
    "openai": {"openai"},
    "xai": {"openai"},
    "litellm": {"litellm", "openai"},
    "anthropic": {"anthropic"},
    "mistral": {"mistralai"},
    "groq": {"groq"},
    "cohere": {"cohere"},
    "azure": {"azure.ai.inference"},
    "bedrock": {"boto3"},
    "google": {"google.genai"},
    "gemini": {"google.generativeai"},
    # google-cloud-aiplatform needs google-genai.
    "vertex": {"vertexai", "google.genai"},
}
ALL = set().union(*SDKS.values())


def run(code: str) -> str:
    warn = [sys.executable, "-W", "ignore", "-c", code]
    done = subprocess.run(warn, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    return done.stdout.strip()


@each()
def test_one_vendor_loads_no_other(vendor: V1Vendor) -> None:
    code = (
        "import sys\n"
        "def audit(event, args):\n"
        "    assert event != 'socket.connect', args\n"
        "sys.addaudithook(audit)\n"
        f"from mirascope.core import {vendor.name}, Messages, prompt_template\n"
        f"print(sorted({ALL!r} & set(sys.modules)))\n"
        "print('mirascope.llm' in sys.modules)"
    )
    # litellm fetches its price list at import unless its own variable says otherwise.
    loaded, llm = run(
        f"import os; os.environ['LITELLM_LOCAL_MODEL_COST_MAP']='True'\n{code}"
    ).split("\n")
    assert set(ast.literal_eval(loaded)) <= SDKS[vendor.name]
    assert llm == "False"


@pytest.mark.parametrize("vendor", VENDORS, ids=lambda vendor: vendor.name)
def test_a_missing_sdk_names_the_extra(vendor: V1Vendor) -> None:
    hidden = sorted(SDKS[vendor.name] | {"google.genai", "vertexai", "google.cloud"})
    code = (
        "import sys\n"
        "class Hide:\n"
        "    def find_spec(self, name, path=None, target=None):\n"
        f"        if any(name == h or name.startswith(h + '.') for h in {hidden!r}):\n"
        "            raise ModuleNotFoundError(f'No module named {name!r}', name=name)\n"
        "sys.meta_path.insert(0, Hide())\n"
        "try:\n"
        f"    from mirascope.core import {vendor.name}\n"
        "except ImportError as error:\n"
        "    print(error)\n"
        "from mirascope.core import Messages\n"
    )
    assert f"checkout of this project, pip install '.[{vendor.name}]'" in run(code)


def test_the_package_alone_loads_nothing() -> None:
    code = f"import sys, mirascope.core; print({ALL | {'pydantic'}!r} & set(sys.modules))"
    assert run(code) == "set()"


@each()
def test_names_and_paths(vendor: V1Vendor) -> None:
    module = vendor.module()
    prefix = type(module.call.vendor).__name__.removesuffix("Vendor")
    assert getattr(module, f"{vendor.name}_call") is module.call
    for name, path in (
        ("Stream", "stream"),
        ("CallResponse", "call_response"),
        ("CallResponseChunk", "call_response_chunk"),
    ):
        found = importlib.import_module(f"mirascope.core.{vendor.name}.{path}")
        assert getattr(found, prefix + name) is getattr(module, prefix + name)
    for name in ("CallParams", "DynamicConfig", "MessageParam", "Tool"):
        assert hasattr(module, prefix + name)
    assert module.__all__ == sorted(module.__all__)


def test_promised_paths() -> None:
    """Each is there, has what it promises, and is as the table of them makes it."""
    for path, names, text in paths.files():
        assert names
        assert path.read_text("utf-8") == text, "write them by: python -m tests.core.paths"
        if BY_NAME[path.parent.name].installed:
            module = importlib.import_module(f"mirascope.core.{path.parent.name}.{path.stem}")
            vendor = BY_NAME[path.parent.name].module()
            assert [getattr(module, name) is getattr(vendor, name) for name in names]
    found = importlib.import_module("mirascope.core.base.call_response")
    assert found.transform_tool_outputs is mirascope.core.base.transform_tool_outputs


def test_exports() -> None:
    names = [
        name for name in mirascope.core.__all__ if name not in {vendor.name for vendor in VENDORS}
    ]
    assert all(getattr(mirascope.core, name) is not None for name in names)
    assert set(mirascope.core.__all__) <= set(dir(mirascope.core))
    with pytest.raises(AttributeError, match="nothing"):
        _ = mirascope.core.nothing  # type: ignore[attr-defined]


BASE = """
AudioPart AudioSegment AudioURLPart BaseCallKwargs BaseCallParams BaseCallResponse
BaseCallResponseChunk BaseDynamicConfig BaseMessageParam BasePrompt BaseStream BaseStructuredStream
BaseTool BaseToolKit BaseType CacheControlPart CommonCallParams CostMetadata DocumentPart
DocumentURLPart FromCallArgs GenerateJsonSchemaNoTitles ImagePart ImageURLPart JsonableType
LocalProvider Messages Metadata Provider ResponseModelConfigDict TextPart ToolCallPart ToolConfig
ToolResultPart Usage call_factory merge_decorators metadata prompt_template toolkit_tool
transform_tool_outputs
"""
MODULES = """
call_response call_response_chunk stream structured_stream stream_config tool toolkit types prompt
messages message_param metadata dynamic_config call_params call_kwargs from_call_args
merge_decorators response_model_config_dict
"""


def test_names_of_the_base() -> None:
    base = importlib.import_module("mirascope.core.base")
    assert set(BASE.split()) <= set(base.__all__)
    assert all(getattr(base, name) is not None for name in base.__all__)
    for name in MODULES.split():
        assert importlib.import_module(f"mirascope.core.base.{name}").__all__


@pytest.mark.parametrize("name", ["gemini", "vertex"])
def test_old_sdks_warn(name: str) -> None:
    if not {vendor.name: vendor for vendor in VENDORS}[name].installed:
        pytest.skip("not installed")
    module = importlib.import_module(f"mirascope.core.{name}")
    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always")
        importlib.reload(module)
    assert any("mirascope.core.google" in str(each.message) for each in caught)


def test_core_takes_nothing_of_llm_but_its_reader_of_partial_objects() -> None:
    found = {
        node.module
        for path in SOURCE.rglob("*.py")
        for node in ast.walk(ast.parse(path.read_text()))
        if isinstance(node, ast.ImportFrom) and "llm" in (node.module or "").split(".")
    }
    assert all(module and module.startswith("mirascope.llm.formatting.") for module in found)


def test_llm_never_imports_core() -> None:
    for path in (SOURCE.parent / "llm").rglob("*.py"):
        for node in ast.walk(ast.parse(path.read_text())):
            names = [each.name for each in node.names] if isinstance(node, ast.Import) else []
            module = node.module or "" if isinstance(node, ast.ImportFrom) else ""
            assert not any(name.startswith("mirascope.core") for name in (module, *names)), path
