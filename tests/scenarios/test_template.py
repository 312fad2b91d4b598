"""The commented start of a new scenario."""

import re
from pathlib import Path

import pytest

from crm_contracts.model.consumer import Consumer
from crm_contracts.model.contract import Contract
from crm_contracts.model.language import choose_language
from crm_contracts.model.run import Run
from crm_contracts.scenarios import bind, load_scenario, new_scenario


def test_a_new_scenario_fits_as_it_stands(tmp_path: Path, consumer: Consumer, contract: Contract) -> None:
    """It can be run before a word of it is changed."""
    file = tmp_path / "crm-away.yaml"
    file.write_text(new_scenario("crm-away"), encoding="utf-8")

    assert isinstance(bind(load_scenario(file, shown=file.name), consumer, contract), Run)


def test_what_is_commented_out_can_be_used_too(tmp_path: Path) -> None:
    """Every example in a comment loads once its # is taken away."""
    text = new_scenario("crm-away")
    for line in ("  # - {fault", "# why", "# source", "# tags", "# expect", "#   - {check"):
        text = text.replace(
            line, line.replace("# ", "", 1) if line.startswith("  ") else line.removeprefix("# ")
        )
    file = tmp_path / "crm-away.yaml"
    file.write_text(re.sub(r"^#   -", "  -", text, flags=re.MULTILINE), encoding="utf-8")

    scenario = load_scenario(file, shown=file.name)

    assert len(scenario.faults) == 4
    assert scenario.tags == ("ci", "drill")
    assert len(scenario.expect) == 1


def test_the_template_loads_in_every_language(tmp_path: Path) -> None:
    """A translated sentence must not break the YAML around it."""
    try:
        choose_language("zh_CN")
        file = tmp_path / "crm-away.yaml"
        file.write_text(new_scenario("crm-away"), encoding="utf-8")
    finally:
        choose_language("en")

    assert load_scenario(file, shown=file.name).name == "crm-away"


@pytest.mark.parametrize("name", ["", "../x", "A B", "a/b", "-a", "a\nb"])
def test_a_name_that_cannot_be_a_file_is_refused(name: str) -> None:
    """It becomes a path and an item id."""
    with pytest.raises(ValueError, match="is no name for a scenario"):
        new_scenario(name)
