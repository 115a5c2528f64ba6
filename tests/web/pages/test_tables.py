"""Tables on a phone: every fact says which column it is from, and no table goes without its box."""

from __future__ import annotations

import re

import pytest

from purveyor.web.pages.rendering import TEMPLATES
from purveyor.web.pages.tables import labeled_cells

HEAD = "<thead><tr><th>Order</th><th>Units</th><th>Weight</th></tr></thead>"


def cells(table: str) -> list[str]:
    return re.findall(r"<(?:td|th)\b[^>]*>", table.partition("</thead>")[2])


def test_each_cell_has_the_name_of_its_column_and_the_first_is_what_the_row_is_about() -> None:
    table = labeled_cells(f'{HEAD}<tbody><tr><td class="x">7</td><td>2</td><td>3 kg</td></tr></tbody>')

    assert cells(table) == [
        '<td data-th="Order" data-title class="x">',
        '<td data-th="Units">',
        '<td data-th="Weight">',
    ]


def test_every_row_begins_anew() -> None:
    table = labeled_cells(f"{HEAD}<tbody>{'<tr><td>7</td><td>2</td></tr>' * 2}</tbody>")

    assert cells(table) == ['<td data-th="Order" data-title>', '<td data-th="Units">'] * 2


def test_a_row_may_be_headed_by_a_cell_and_may_span_columns() -> None:
    table = labeled_cells(f'{HEAD}<tfoot><tr><th scope="row" colspan="2">Sum</th><td>3 kg</td></tr></tfoot>')

    assert cells(table) == ['<th scope="row" colspan="2">', '<td data-th="Weight" data-title>']


@pytest.mark.parametrize(
    "head",
    [
        '<span class="visually-hidden">Action</span>',
        "",
        '<label><input type="checkbox"><span>Choose all</span></label>',
    ],
)
def test_what_the_head_does_not_show_names_no_cell(head: str) -> None:
    table = labeled_cells(f"<thead><tr><th>{head}</th><th>Order</th></tr></thead><tr><td>do</td><td>7</td></tr>")

    assert cells(table) == ["<td>", '<td data-th="Order" data-title>']


def test_a_head_that_sorts_names_its_cells_by_its_words_alone() -> None:
    head = '<a class="sorting" href="?sort=placed">Placed <svg class="icon"><use href="#x"></use></svg></a>'

    assert 'data-th="Placed"' in labeled_cells(f"<thead><tr><th>{head}</th></tr></thead><tr><td>today</td></tr>")


@pytest.mark.parametrize("said", ["Price &amp; tax", "&lt;b&gt; &#34;quoted&#34;", "größer als 5 €"])
def test_a_name_stays_the_text_that_it_is(said: str) -> None:
    table = labeled_cells(f"<thead><tr><th>{said}</th></tr></thead><tr><td>1</td></tr>")

    assert f'data-th="{said}"' in table


@pytest.mark.parametrize("content", ["", " \n ", '<span class="visually-hidden">nothing</span>'])
def test_a_cell_without_anything_to_see_is_marked(content: str) -> None:
    assert "data-blank" in labeled_cells(f"{HEAD}<tr><td>7</td><td>{content}</td></tr>")


@pytest.mark.parametrize("content", ["0", '<input name="x">', '<svg class="icon"></svg>', '<span class="tick"></span>'])
def test_a_cell_with_something_to_see_is_not(content: str) -> None:
    assert "data-blank" not in labeled_cells(f"{HEAD}<tr><td>7</td><td>{content}</td></tr>")


def test_every_table_of_the_pages_is_made_by_the_one_macro_and_has_a_name() -> None:
    for template in TEMPLATES.rglob("*.html"):
        text = template.read_text()
        if template.name != "macros.html":
            assert "<table" not in text, f"{template.name}: use m.table"
        for call in re.findall(r"call m\.table\((.*?)\) %}", text):
            assert "label" in call, f"{template.name}: m.table({call}) needs a label"
