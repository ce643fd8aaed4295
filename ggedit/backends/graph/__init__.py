"""The graph editor: things are removed, drawn and moved by steering a Stable Diffusion network's attention."""
