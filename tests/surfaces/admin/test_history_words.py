"""A history speaks the reader's language: every kind of record and every column the log knows has a word in Chinese."""

from __future__ import annotations

import re

import pytest
from flask_babel import force_locale

from app.platform.audit.reading import audited_models
from app.platform.audit.recorder import NOISE
from app.platform.backoffice.labels import label_of
from app.surfaces.admin.history import table_word

CHINESE = re.compile(r"[\u4e00-\u9fff]")
SAME_EVERYWHERE = {"SHA-256"}


@pytest.mark.sqlite
def test_every_audited_table_and_column_has_a_word_in_chinese(app):
    models = {table: model for table, model in audited_models().items() if model.__module__.startswith("app.")}
    with app.test_request_context(), force_locale("zh_Hans_CN"):
        tables = [table for table in models if not CHINESE.search(table_word(table))]
        columns = [
            f"{table}.{column.name}: {word}"
            for table, model in models.items()
            for column in model.__table__.columns
            if column.name not in NOISE
            and not CHINESE.search(word := str(label_of(column.name, {})))
            and word not in SAME_EVERYWHERE
        ]
    assert (tables, columns) == ([], [])
