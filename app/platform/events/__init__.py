"""Events: facts in past tense, handled in the same transaction, kept as rows for whoever comes after commit."""

from app.platform.events.bus import Event, named, publish, subscribe, subscribe_all
from app.platform.events.models import StoredEvent

__all__ = ["Event", "StoredEvent", "named", "publish", "subscribe", "subscribe_all"]
