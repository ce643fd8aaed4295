"""ggedit: an interactive, grounded image editor that changes nothing outside the mask.

Importing the package is cheap: no backend, model or user interface is loaded until an
``assembly.make_session`` asks for one by its registered name.
"""

__version__ = "0.1.0"
