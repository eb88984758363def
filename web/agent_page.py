"""The agent's page with all its parts."""

from web import existing, handing_over, taking_calls, way_back
from web.agent import agent

__all__ = ["agent", "existing", "handing_over", "taking_calls", "way_back"]
