"""What programs can ask of the page's server: typed endpoints for REST, gradio_client and MCP."""

from .endpoints import ENDPOINTS, publish
from .service import Service

__all__ = ["ENDPOINTS", "Service", "publish"]
