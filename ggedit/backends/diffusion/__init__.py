"""Editing by diffusion models: windows around masks, blending in latent space, stitching in pixels."""
