"""Sphinx: the pages are MyST Markdown, the reference is read from the docstrings."""

import importlib
import pkgutil
import re
import tomllib
from pathlib import Path

from docutils import nodes
from sphinx.application import Sphinx
from sphinx.util.docutils import SphinxDirective

with (Path(__file__).parents[1] / "pyproject.toml").open("rb") as file:
    release = tomllib.load(file)["project"]["version"]

project = "salespipeline"
author = "salespipeline contributors"
project_copyright = author
extensions = ["myst_parser", "sphinx.ext.autodoc", "sphinxcontrib.mermaid"]
myst_enable_extensions = ["colon_fence"]
myst_fence_as_directive = ["mermaid"]
myst_heading_anchors = 3

autodoc_default_options = {"members": True, "undoc-members": True, "show-inheritance": True}
add_module_names = False
autodoc_member_order = "bysource"
autodoc_typehints = "signature"

nitpicky = True
nitpick_ignore_regex = [
    ("py:.*", r"(?!salespipeline\.).*"),  # other people's names: linking them needs a network
    ("py:(class|obj)", ".*"),  # annotations name NewTypes and TypeVars, which are no classes to Sphinx
]
suppress_warnings = ["ref.python"]  # `type` is a builtin, and a field of several classes

html_theme = "furo"
html_title = f"salespipeline {release}"


class Package(SphinxDirective):
    """`{package} salespipeline.model`: a section for each module of the package, not of those inside it."""

    required_arguments = 1

    def run(self) -> list[nodes.Node]:
        """The sections, in the order of the modules' names."""
        package = importlib.import_module(self.arguments[0])
        modules = [module.name for module in pkgutil.iter_modules(package.__path__) if not module.ispkg]
        sections = [
            f"## {name}\n\n```{{eval-rst}}\n.. automodule:: {package.__name__}.{name}\n```\n" for name in modules
        ]
        return self.parse_text_to_nodes("\n".join(sections), allow_section_headings=True)


def code(match: re.Match[str]) -> str:
    """Code as reStructuredText writes it; an ending glued to it (`Sale`s) has to be cut loose."""
    return f"``{match[1]}``" + (f"\\ {match[2]}" if match[2] else "")


def docstring(app: Sphinx, what: str, name: str, documented: object, options: object, lines: list[str]) -> None:
    """Docstrings put code in single backticks, as Markdown and plain prose do."""
    lines[:] = re.sub(r"(?<![`:\w])`([^`]+)`(\w?)", code, "\n".join(lines)).split("\n")


def setup(app: Sphinx) -> None:
    """Make both known to Sphinx."""
    app.add_directive("package", Package)
    app.connect("autodoc-process-docstring", docstring)
