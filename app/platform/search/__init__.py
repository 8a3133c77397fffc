"""Search over all records: one table of words, fed with every change, read by whoever may see the row."""

from app.platform.search.feeding import install, learn, rebuild
from app.platform.search.finding import Hit, NotSearchable, find_anything, search
from app.platform.search.registry import searchable

__all__ = ["Hit", "NotSearchable", "find_anything", "install", "learn", "rebuild", "search", "searchable"]
